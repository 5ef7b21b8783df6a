-- today/running: what a list says beside suggestions, for pupils in view: periods
-- that run, have ended, went beyond what was agreed or are to be looked at (a Notice to
-- Improve; waymark.periods), marks that still have no reason, and who improved after support that was taken up.
-- Nothing is written here.
--
-- `view` is that of waymark.today: { space, as_of, day, people, by_pupil, schools, entries, entries_of = by pupil };
-- as_of is the last day looked at in the registers, `day` that of the diary.

local cases = require "waymark.case.entries"
local core = require "waymark.core"
local people = require "waymark.case.people"
local periods = require "waymark.case.periods"
local roles = require "waymark.plugin.roles"
local words = require "waymark.base.words"
local sdk_entries = core.sdk "entries"

local running = {}

local date = core.date

-- School weeks --------------------------------------------------------------------

local function is_school_week(calendar, monday) return calendar:days_between(monday, date.add(monday, 6)) > 0 end

-- The Monday of the n-th school week back from a day, its own week being the first
-- (nil when there are not so many in the two years before).
local function monday_of_weeks(calendar, day, n)
  local monday = date.monday(day)
  for _ = 1, 110 do
    if is_school_week(calendar, monday) then n = n - 1 end
    if n == 0 then return monday end
    monday = date.add(monday, -7)
  end
end

-- How many school weeks of its school year have begun by a day.
function running.weeks_into_year(calendar, day)
  local _, first = date.academic_year(day)
  local monday, weeks = date.monday(first), 0
  while monday <= day do
    if is_school_week(calendar, monday) then weeks = weeks + 1 end
    monday = date.add(monday, 7)
  end
  return weeks
end

-- Periods -------------------------------------------------------------------------

local function half_days(n) return words.count(n, "unauthorised half day") end

-- "none was agreed to", "up to 2 were agreed to"
local function agreed(n) return n == 0 and "none was to come" or ("up to %d were agreed to"):format(n) end

-- "3 unauthorised half days (up to 2 were agreed to)"
local function count_words(period)
  local text = period.count == 0 and "no unauthorised half days" or half_days(period.count)
  return period.tolerated and ("%s (%s)"):format(text, agreed(period.tolerated)) or text
end

-- "; 1 more has no reason yet: find it first, by Friday 5 December"
local function unexplained_words(view, period)
  local n = #period.unexplained
  if n == 0 then return "" end
  return ("; %d more %s no reason yet: find it first, by %s"):format(n, n == 1 and "has" or "have",
    words.day(period.reason_by, view.as_of))
end

local function counted_words(view, period)
  if view.as_of < period.from then return "no registers of it have come in yet" end
  local until_now = view.as_of < period.to and " up to " .. words.day(view.as_of, view.as_of) or " since it began"
  return count_words(period) .. until_now .. unexplained_words(view, period)
end

local function percent(figures, counted)
  if not figures.hundredths then return "no half days that count towards attendance" end
  return ("%s and attendance of %d.%02d %% (%d of %s)"):format(counted or half_days(figures.count),
    figures.hundredths // 100, figures.hundredths % 100, figures.attended, words.count(figures.possible, "half day"))
end

local function ended_words(view, period, person)
  local beside = periods.beside(period, person.pupil)
  local before = beside.before and ("in as many school days before, %s"):format(percent(beside.before))
    or "the calendar does not go back as far as that again"
  if view.as_of < period.from then beside.now = { count = 0 } end
  local now = percent(beside.now, count_words(period)) .. unexplained_words(view, period)
  return ("Ended on %s. In it, %s; %s. A person decides what comes of it%s."):format(words.day(period.to, view.as_of),
    now, before, period.parent and ", for " .. period.parent or "")
end

-- What the step says is to be done meanwhile, until support is recorded that was not refused.
local function meanwhile_words(view, entry, step)
  for _, each in ipairs(step.meanwhile and view.entries_of[entry.pupil] or {}) do
    local is_offered = each.support and not each.refused and each.id > entry.id and each.on >= entry.on
    if is_offered then return "" end
  end
  return step.meanwhile and (" No support is recorded since: %s."):format(step.meanwhile) or ""
end

-- It ends with "Mrs Byron was spoken to on …"; of nobody in particular only that.
local function running_words(view, period, told, meanwhile)
  local check, spoken = "", ""
  for _, day in ipairs(period.checks) do
    if day > view.day then
      check = "; to be looked at on " .. words.day(day, view.as_of)
      break
    end
  end
  if told then
    spoken = (". %s was spoken to on %s"):format(told.named and period.parent or "The family",
      words.day(told.on, view.as_of))
  end
  return ("Runs from %s to %s; %s left%s; %s%s.%s"):format(words.day(period.from, view.as_of),
    words.day(period.to, view.as_of), words.count(period.days_left, "school day"), check,
    counted_words(view, period), spoken, meanwhile)
end

-- Why nobody is sent to the parent that it is for, and what to do: "is marked …"; nil if nothing is in the way.
local function kept_from(view, entry, person)
  local id = (entry.contacts or {}).parent
  if not id then return nil end
  local contact = people.by_id(people.of(view.space, { pupil = entry.pupil, school = person.school.key }), id)
  if not contact then return "is none of the pupil's contacts any more: see whether it still stands" end
  return contact.no_contact and 'is marked "no contact": ask the safeguarding lead who can do it' or nil
end

local function first_words(period, kept)
  local parent = period.parent or "the parent"
  return kept and ("%s has to be told first, but %s"):format(parent, kept) or ("Tell %s first"):format(parent)
end

local function exceeded_words(view, period, kept, meanwhile)
  local last = period.sessions[#period.sessions]
  return ("%s since %s, the last on %s; %s%s. %s; then a person decides. Nothing follows by itself. It runs to %s; "
    .. "%s left.%s"):format(words.capital(half_days(period.count)), words.day(period.from, view.as_of),
    words.half_day(last.date, last.session, view.as_of), agreed(period.tolerated), unexplained_words(view, period),
    first_words(period, kept), words.day(period.to, view.as_of),
    words.count(period.days_left, "school day"), meanwhile)
end

-- Whether an entry names one parent, and whether it names anybody: whom it was done with,
-- or the people among its fields.
local function names_in(view, each, parent)
  local step, named, this = view.space:step(each.school, each.step), false, false
  local function take(name)
    if type(name) == "string" then named, this = true, this or name == parent end
  end
  take(each.with)
  take((each.fields or {}).parent)
  for _, named_people in ipairs(roles.values(step, each, "with")) do
    for _, name in ipairs(type(named_people) == "table" and named_people or { named_people }) do take(name) end
  end
  return this, named
end

local function is_contact(view, each)
  if each.kind ~= "recorded" then return false end
  local declared = view.space:map_for_school(each.school).declared
  return cases.is_contact(declared and declared.steps_by_name[each.step], each)
end

-- The first contact that was recorded on or after a day, once the entry stood, with the
-- parent that it is for, or with nobody in particular: { on, named } | nil. A decision, or
-- what the authority did, is no contact (cases.is_contact). What says on which day the parent was
-- told was on that day; anything else that was added to what runs is no contact.
local function contact_since(view, entry, day, parent)
  for _, each in ipairs(view.entries_of[entry.pupil]) do
    local is_later = each.id > entry.id and is_contact(view, each)
    local told = is_later and roles.day(view.space:step(each.school, each.step), each, "told")
    local on = told or not each.adds and each.on
    if is_later and on and on >= day then
      local this, named = names_in(view, each, parent)
      if this or not named or not parent then return { on = on, named = this } end
    end
  end
end

local function check_row(view, entry, period, row)
  local due
  for _, check in ipairs(period.checks) do
    if check <= view.day and not contact_since(view, entry, check, period.parent) then due = check end
  end
  if not due then return nil end
  return { person = row.person, step = row.step, title = row.title, since = due, entry = entry.id, section = "checks",
    why = ("Was to be looked at on %s: %s. Talk with the family about how it goes."):format(
      words.day(due, view.as_of), counted_words(view, period)) }
end

local function period_rows(list, view, person, entry, step, map)
  local period = periods.of(view.space, entry, step, map, person.pupil, view.as_of, view.day)
  if not period then return end
  local row = { person = person, step = step, from = period.from, to = period.to, ended = period.ended,
    title = period.parent and ("%s, %s"):format(step.title, period.parent) or step.title, entry = entry.id,
    since = period.from, count = period.count, days_left = period.days_left }
  local meanwhile = meanwhile_words(view, entry, step)
  local kept = kept_from(view, entry, person)
  local parent = kept and (" %s %s."):format(period.parent or "The parent", kept) or ""
  local told = period.over and contact_since(view, entry, period.over:sub(1, 10), period.parent)
  if period.ended then
    row.section, row.why = "ended", ended_words(view, period, person) .. parent
  elseif period.over and not told then
    row.section, row.why = "exceeded", exceeded_words(view, period, kept, meanwhile)
  else
    row.section, row.why = "running", running_words(view, period, told, meanwhile) .. parent
    list[#list + 1] = check_row(view, entry, period, row)
  end
  list[#list + 1] = row
end

-- Steps with a period that were recorded and have no outcome yet, for each parent: those
-- that have ended first, then those that end soonest.
function running.periods(view)
  local list = {}
  for _, entry in ipairs(sdk_entries.running(view.entries)) do
    local person = view.by_pupil[entry.pupil]
    local map = person and view.space:map_for_school(person.school.key)
    local step = map and map.declared.steps_by_name[entry.step]
    if step and step.period then period_rows(list, view, person, entry, step, map) end
  end
  table.sort(list, function(a, b)
    if (a.to or a.since) ~= (b.to or b.since) then return (a.to or a.since) < (b.to or b.since) end
    return a.entry < b.entry
  end)
  return list
end

-- Marks without a reason ----------------------------------------------------------

-- "Monday 8 September, Tuesday 9 September"; from four days on the first and how many
local function days_said(sessions, as_of)
  local days, last = {}, nil
  for _, each in ipairs(sessions) do
    if each.date ~= last then days[#days + 1], last = words.day(each.date, as_of), each.date end
  end
  if #days > 3 then return ("%s and %d more days"):format(days[1], #days - 1) end
  return table.concat(days, ", ")
end

-- The rule that finds who has marks without a reason; nil where a road map's lists do not ask for it.
function running.reason_rule(lists)
  if not (lists.no_reason and lists.reason_within_days) then return nil end
  return core.rule.count { name = "no-reason", codes = lists.no_reason, at_least = 1 }
end

-- One pupil's marks of this school year that have no reason yet; nil when none.
function running.no_reason(view, person)
  local lists, rule = person.school.lists, person.school.reason_rule
  local _, first = date.academic_year(view.as_of)
  local start = not view.baseline and view.space.settings.start
  if start and start > first then first = start end
  local sessions = person.pupil:count(rule, first, view.as_of):sessions()
  if #sessions == 0 then return nil end
  local since = sessions[1].date
  local due = periods.reason_by(lists, person.pupil.calendar, since)
  local late = view.day > due
  local when = late and "it was due by " or "due by "
  return { person = person, title = "Put the reason in the register", since = since, due = due,
    overdue = late, why = ("%s still without a reason (%s); %s%s."):format(words.count(#sessions, "half day"),
      days_said(sessions, view.as_of), when, words.day(due, view.as_of)) }
end

-- Who improved --------------------------------------------------------------------

-- Whether what was begun was taken up and not only offered: what came of it last says so, or it was signed, or what
-- was agreed is written down.
local function is_taken_up(view, run)
  local entry = run.entry
  local last = run.outcome or run.agreed or entry.outcome and entry
  if last then return not last.refused end
  local step = view.space:step(entry.school, entry.step)
  return roles.value(step, entry, "agreed") ~= nil or #roles.typed(step, entry, "signatures") > 0
end

-- The entries of support that was taken up, all versions of a plan, and what came of it where nothing was begun: a set.
local function taken_up(view)
  local set, by_id = {}, {}
  for _, entry in ipairs(view.entries) do by_id[entry.id] = entry end
  for _, run in ipairs(sdk_entries.runs(view.entries)) do
    local entry = is_taken_up(view, run) and (run.entry or run.outcome)
    while entry do
      set[entry] = true
      entry = by_id[entry.replaces]
    end
  end
  return set
end

-- The last support taken up that was recorded long enough ago to have worked, and no longer ago than twice that, by
-- pupil.
local function support_before(view, windows)
  local by_pupil, taken = {}, taken_up(view)
  for _, entry in ipairs(view.entries) do
    local person = view.by_pupil[entry.pupil]
    local map = person and view.space:map_for_school(person.school.key)
    local step = map and map.declared.steps_by_name[entry.step]
    local window = person and windows[person.school.key]
    local in_time = window and entry.on >= window.from and entry.on < window.to
    if entry.support and taken[entry] and step and in_time then
      by_pupil[entry.pupil] = { entry = entry, step = step, person = person }
    end
  end
  return by_pupil
end

local function rate(pupil, from, to)
  local e = pupil:rate(nil, from, to)
  return e.hundredths, e.possible
end

-- Attendance of the last weeks beside that of the weeks before the support.
local function improvement(view, each, lists)
  local pupil, on = each.person.pupil, each.entry.on
  local now_from = monday_of_weeks(pupil.calendar, view.as_of, lists.improved_weeks)
  local was_from = monday_of_weeks(pupil.calendar, date.add(on, -1), lists.improved_weeks)
  if not now_from or not was_from then return nil end
  local now, possible = rate(pupil, now_from, view.as_of)
  local was, possible_then = rate(pupil, was_from, date.add(on, -1))
  local enough = lists.improved_weeks * 5 -- half the half days of those weeks
  if not now or not was or possible < enough or possible_then < enough then return nil end
  if now - was < lists.improved_points * 100 then return nil end
  return { person = each.person, step = each.step, title = each.step.title, since = on, gain = now - was,
    why = ("Attendance %d %% in the last %d school weeks, %d %% in those before %s, taken up, on %s."):format(
      now // 100,
      lists.improved_weeks, was // 100, each.step.title:lower(), words.day(on, view.as_of)) }
end

-- Pupils whose attendance rose after support, the largest gain first.
function running.improved(view)
  local windows, list = {}, {}
  for _, school in ipairs(view.schools) do
    local weeks = school.calendar and not school.too_few and school.lists.improved_weeks
    windows[school.key] = weeks and { from = monday_of_weeks(school.calendar, view.as_of, 2 * weeks) or view.as_of,
      to = monday_of_weeks(school.calendar, view.as_of, weeks) or view.as_of } or nil
  end
  for _, each in pairs(support_before(view, windows)) do
    list[#list + 1] = improvement(view, each, each.person.school.lists)
  end
  table.sort(list, function(a, b)
    if a.gain ~= b.gain then return a.gain > b.gain end
    return a.person.enrolment < b.person.enrolment
  end)
  return list
end

-- Decisions whose evidence changed ------------------------------------------------

-- Was something recorded for the same step after `suggest` told of the change?
function running.looked_at(view, entry, told)
  for _, later in ipairs(told and view.entries_of[entry.pupil] or {}) do
    if later.step == entry.step and later.id > told then return true end
  end
  return false
end

return running
