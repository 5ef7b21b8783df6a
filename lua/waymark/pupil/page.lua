-- pupil/page: one pupil as data: what `waymark pupil` shows. Nothing is written.
--
--   figures      the academic year to the day, with what is counted
--   thresholds   each rolling rule of the school's road map, with its figures
--   weeks        the year's sessions, week by week: a class for each half day
--   weekdays     absence by weekday, beside the school's own
--   late         of the year's late marks: how many, of how many the minutes are known, and those minutes;
--                details = what came with marks beside their codes: { date, session, code, minutes_late,
--                sub_code, comment }, in order
--   contacts     those allowed to be seen, and how many details are not
--   hold, to_come (entries of a day to come, a sentence), suggestions, plans, case
--   failing      steps that failed the last time, or are off, a sentence each: nothing is suggested
--                of these
--
-- 1. A confidential address is in no field; of a parent who has no contact there
--    is a number only.
-- 2. Figures are as of `as_of`; what people did is shown up to `diary`, since
--    registers lag behind it.

local core = require "waymark.core"
local cases = require "waymark.case"
local chronology = require "waymark.chronology"
local people = require "waymark.case.people"
local plugin_state = require "waymark.plugin.state"
local problem = require "waymark.base.problem"
local registers = require "waymark.store.registers"
local suggestions = require "waymark.store.suggestions"
local roles = require "waymark.plugin.roles"
local reasons = core.sdk "evidence" -- whose words join the methods of evidence
local sdk_entries = core.sdk "entries"

local page = {}

local date = core.date

-- Figures -----------------------------------------------------------------------------

local counts = { "possible", "attended", "present", "educational", "authorised", "unauthorised", "absent",
  "not_possible" }

local function reaches(space, pupil, name)
  local rule = space.rules_by_name[name]
  if not rule or rule.kind ~= "rate" then return nil end
  return pupil:rate(rule.value).met
end

local function figures_of(space, pupil)
  local e, year, from = pupil:rate(), date.academic_year(pupil.as_of)
  local figures = { year = year, from = e.from or from, to = e.to or pupil.as_of, percent = e.percent,
    hundredths = e.hundredths, persistent = reaches(space, pupil, "persistent"),
    severe = reaches(space, pupil, "severe") }
  for _, name in ipairs(counts) do figures[name] = e[name] end
  return figures
end

-- The codes or classes that a rule counts, as a person reads them: "G, N, O, U".
local function counted_words(spec)
  local list = {}
  if type(spec.codes) == "string" then
    for code in spec.codes:gmatch "%u%d?" do list[#list + 1] = code end
    if #list == 0 then list[1] = spec.codes end
  elseif type(spec.codes) == "table" then
    for i, code in ipairs(spec.codes) do list[i] = code end
  end
  if #list > 0 then return "the marks " .. table.concat(list, ", ") end
  local classes = type(spec.classes) == "string" and { spec.classes } or spec.classes or {}
  return table.concat(classes, " and ") .. " absence"
end

-- The rolling rules of the pupil's own school, each once.
local function rolling_rules(map)
  local list, seen = {}, {}
  for _, declared in ipairs(map.all) do
    for _, rule in ipairs(declared.rules) do
      local key = rule.plugin .. " " .. rule.name
      if rule.kind == "rolling" and not seen[key] then list[#list + 1] = rule end
      seen[key] = true
    end
  end
  return list
end

local function thresholds_of(map, pupil)
  local list = core.array {}
  for i, rule in ipairs(rolling_rules(map)) do
    local e = pupil:rolling(rule.value)
    list[i] = { rule = rule.name, plugin = rule.plugin, count = e.count, of = e.of, weeks = e.weeks, from = e.from,
      to = e.to, met = e.met, first_met = e.first_met, since = e.since, largest = e.largest, words = e:describe(),
      why_not = e:why_not(), to_resolve = not e.met and reasons.unresolved_words(e) or nil,
      counts = counted_words(rule.spec or {}) }
  end
  return list
end

-- The year, week by week -----------------------------------------------------------------

local function on_roll(found, day)
  return not (found.joined and day < found.joined) and not (found.left and day > found.left)
end

-- A blank after the last register that came in is not yet imported.
local function is_after_reach(school, day, half)
  local reach = school.reach
  if type(reach) ~= "table" then return reach == nil or day > reach end
  return day > reach[1] or (day == reach[1] and half > reach[2])
end

local function half_state(found, marks, school, day, half)
  if not on_roll(found, day) then return "off-roll" end
  local class = (marks[day] or {})[half]
  if not class or (class == "missing" and is_after_reach(school, day, half)) then return "to-come" end
  return class
end

local function marks_by_day(pupil, from, to)
  local by_day = {}
  for _, each in ipairs(pupil:marks(from, to)) do
    by_day[each.date] = by_day[each.date] or {}
    by_day[each.date][each.session] = each.class
  end
  return by_day
end

local function school_of(space, key)
  for _, school in ipairs(space:schools()) do
    if school.key == key then return school end
  end
end

-- { monday, days = { [weekday] = { AM = class | nil, PM = … } } } for every week from
-- the first to the last with school; nil where the school is closed.
local function weeks_of(space, pupil, found, from, to)
  local school = school_of(space, found.school)
  local marks, by_monday, first, last = marks_by_day(pupil, from, to), {}, nil, nil
  for _, day in ipairs(problem.check(space.store:days(school.id, from, to))) do
    local on = day[1]
    if day[2] or day[3] then
      local monday = date.monday(on)
      first, last = first or monday, monday
      by_monday[monday] = by_monday[monday] or {}
      by_monday[monday][date.weekday(on)] = { AM = day[2] and half_state(found, marks, school, on, "AM") or nil,
        PM = day[3] and half_state(found, marks, school, on, "PM") or nil }
    end
  end
  local weeks, monday = {}, first
  while monday and monday <= last do
    weeks[#weeks + 1] = { monday = monday, days = by_monday[monday] or {}, open = by_monday[monday] ~= nil }
    monday = date.add(monday, 7)
  end
  return weeks
end

-- Half days without a mark, as far as registers have come in.
local function count_missing(weeks)
  local n = 0
  for _, week in ipairs(weeks) do
    for _, day in next, week.days do
      n = n + (day.AM == "missing" and 1 or 0) + (day.PM == "missing" and 1 or 0)
    end
  end
  return n
end

-- Weekdays ----------------------------------------------------------------------------

local is_absent = { authorised = true, unauthorised = true }
local is_possible = { authorised = true, unauthorised = true, present = true, educational = true }

local function add_marks(into, weekday, class, n, whose)
  local row = into[weekday] or { absent = 0, possible = 0, school_absent = 0, school_possible = 0 }
  into[weekday] = row
  if is_possible[class] then row[whose .. "possible"] = row[whose .. "possible"] + n end
  if is_absent[class] then row[whose .. "absent"] = row[whose .. "absent"] + n end
end

-- Absence by weekday of the year to the day: the pupil's, and the whole school's.
local function weekdays_of(space, pupil, found, from)
  local rows = {}
  for _, each in ipairs(pupil:marks(from, pupil.as_of)) do
    add_marks(rows, date.weekday(each.date), each.class, 1, "")
  end
  for row in registers.each_count(space.store, found.school, from, pupil.as_of) do
    add_marks(rows, date.weekday(row[1]), row[2], row[3], "school_")
  end
  local list = core.array {}
  for weekday = 1, 7 do
    local row = rows[weekday]
    if row and (row.possible > 0 or row.school_possible > 0) then
      row.weekday = weekday
      list[#list + 1] = row
    end
  end
  return list
end

-- Lateness ------------------------------------------------------------------------------

-- By the codes that a plugin says are late; whatever the code, where there are minutes.
local function late_of(space, pupil, from)
  local late = { count = 0, known = 0, minutes = 0, details = core.array {} }
  for _, each in ipairs(pupil:marks(from, pupil.as_of)) do
    if space.late_codes[each.code] then late.count = late.count + 1 end
  end
  for _, each in ipairs(pupil.details) do
    if each.date >= from then
      late.details[#late.details + 1] = each
      if each.minutes_late then
        late.known, late.minutes = late.known + 1, late.minutes + each.minutes_late
        if not space.late_codes[each.code] then late.count = late.count + 1 end
      end
    end
  end
  return late
end

-- Contacts ----------------------------------------------------------------------------

-- -> contacts to be shown, { no_contact = n, addresses = n }
local function contacts_of(space, found)
  local list, left_out = core.array {}, { no_contact = 0, addresses = 0 }
  for _, each in ipairs(people.of(space, found)) do
    if each.no_contact then
      left_out.no_contact = left_out.no_contact + 1
    else
      if each.confidential_address then left_out.addresses = left_out.addresses + 1 end
      list[#list + 1] = { name = each.name, relationship = each.relationship, phone = each.phone, email = each.email,
        address = each.address, confidential_address = each.confidential_address or nil, language = each.language,
        parental_responsibility = each.parental_responsibility, lives_with = each.lives_with }
    end
  end
  return list, left_out
end

-- What is open ------------------------------------------------------------------------

local function suggestions_of(space, found, diary)
  local list = core.array {}
  for _, row in ipairs(suggestions.list(space.store, { enrolment = found.enrolment })) do
    local ended = row.ended_on and row.ended_on <= diary
    if row.made_on <= diary and not ended then
      local data = row.data or {}
      list[#list + 1] = { step = row.step, title = chronology.title(space, row.school, row.step),
        made_on = row.made_on, concern = row.concern, concern_on = data.concern_on,
        baseline = data.baseline, reason = data.reason,
        figures = ((data.evidence or {})[1] or {}).words, made = row.made }
    end
  end
  table.sort(list, function(a, b) return a.made < b.made end)
  return list
end

-- Plans that run -----------------------------------------------------------------------

-- From and to of a notice: what was recorded, or the step's own period from there.
local function period_of(step, entry, calendar)
  local from, to = roles.day(step, entry, "period-from") or entry.on, roles.day(step, entry, "period-to")
  if not to and calendar and step.period then
    local ok, last = pcall(calendar.last_day, calendar, from, step.period)
    to = ok and last or nil
  end
  return from, to
end

-- A step that runs for a period is over once an outcome is recorded.
local function add_period(plan, step, entry, calendar, diary)
  if not (step and step.period) or entry.outcome then return end
  plan.runs, plan.from, plan.to = true, period_of(step, entry, calendar)
  if not plan.to then return end
  plan.ended = plan.to < diary
  if plan.ended or not calendar then return end
  plan.days_left = calendar:days_between(plan.from and plan.from > diary and plan.from or diary, plan.to)
end

-- When it is looked at again: the day that was set, else the first of a plan that stands.
local function review_of(step, entry)
  if entry.review_on or entry.outcome then return entry.review_on end
  local first
  for _, days in ipairs(roles.values(step, entry, "review")) do
    for _, day in ipairs(type(days) == "table" and days or { days }) do
      if type(day) == "string" and day > entry.on and (not first or day < first) then first = day end
    end
  end
  return first
end

-- The one parent that it is for.
local function parent_of(entry)
  local parent = (entry.fields or {}).parent
  return type(parent) == "string" and parent or nil
end

local function plan_of(space, entry, calendar, diary)
  local step = space:step(entry.school, entry.step)
  local review = review_of(step, entry)
  local plan = { entry = entry.id, step = entry.step, title = chronology.title(space, entry.school, entry.step),
    parent = parent_of(entry), on = entry.on, outcome = entry.outcome, review_on = review,
    review_due = review and review <= diary or nil }
  add_period(plan, step, entry, calendar, diary)
  local stands = step and step.plan and not entry.outcome
  return (plan.runs or stands or review) and plan or nil
end

local function plans_of(space, found, calendar, diary)
  local list = core.array {}
  for _, entry in ipairs(sdk_entries.latest(cases.entries(space, { pupil = found.pupil, as_of = diary }))) do
    list[#list + 1] = plan_of(space, entry, calendar, diary)
  end
  return list
end

-- All of it ------------------------------------------------------------------------------

local function add_registers(result, space, found, pupil)
  local _, from, to = date.academic_year(result.as_of)
  result.figures = figures_of(space, pupil)
  result.thresholds = thresholds_of(space:map_for_school(found.school), pupil)
  result.weeks = weeks_of(space, pupil, found, from, to)
  result.figures.missing = count_missing(result.weeks)
  result.figures.outside = registers.outside(space.store, found, from, result.as_of)
  result.weekdays = weekdays_of(space, pupil, found, from)
  result.late = late_of(space, pupil, from)
end

-- The page of a pupil (of find_pupil). `filter` as workspace:filter gives it; `latest`: of the case only so many
-- entries (chronology.of). The registers' part (figures, thresholds, weeks, weekdays) is absent when the pupil is in
-- none by that day.
function page.of(space, found, filter, latest)
  space:load_plugins()
  local diary = filter.diary
  local pupil = space:one_pupil { enrolment = found.enrolment, everyone = true, as_of = filter.as_of, diary = diary }
  local result = { upn = found.upn, name = found.name, year = found.year, form = found.form, school = found.school,
    school_name = found.school_name, joined = found.joined, left = found.left, dob = pupil and pupil.dob,
    as_of = filter.as_of, diary = diary, reach = (school_of(space, found.school) or {}).reach }
  if pupil then add_registers(result, space, found, pupil) end
  result.contacts, result.contacts_left_out = contacts_of(space, found)
  result.hold, result.to_come = cases.holds(space, diary)[found.pupil], cases.to_come(space, found.pupil)
  result.suggestions = suggestions_of(space, found, diary)
  result.failing = core.array(plugin_state.failing(space, { map = space:map_for_school(found.school),
    school = found.school, enrolment = found.enrolment }))
  result.plans = plans_of(space, found, pupil and pupil.calendar, diary)
  result.case = chronology.of(space, found, { as_of = diary, entries_only = true, latest = latest })
  return result
end

return page
