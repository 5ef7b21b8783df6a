-- today_running: what a list says beside suggestions, for pupils in view: periods
-- that run or have ended (a Notice to Improve), marks that still have no reason,
-- and who improved after support. Nothing is written here.
--
-- `view` is that of waymark.today: { space, as_of, day, people, by_pupil, schools };
-- as_of is the last day looked at in the registers, `day` that of the diary.

local core = require "waymark.core"
local words = require "waymark.today_words"
local durations = core.sdk "durations"

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

-- For each pupil and step the latest entry that stands.
local function latest_entries(view)
  local latest, keys = {}, {}
  for _, entry in ipairs(view.entries) do
    if entry.kind == "recorded" and entry.body and not entry.body.attempt and entry.step then
      local key = entry.pupil .. " " .. entry.step
      if not latest[key] then keys[#keys + 1] = key end
      latest[key] = entry
    end
  end
  local list = {}
  for i, key in ipairs(keys) do list[i] = latest[key] end
  return list
end

-- The codes that the thresholds of a road map count, each once.
local function threshold_codes(map)
  local codes, seen = {}, {}
  for _, declared in ipairs(map.all) do
    for _, rule in ipairs(declared.rules) do
      local given = rule.kind == "rolling" and rule.spec.codes or {}
      if type(given) == "string" then
        local list = {}
        for code in given:gmatch "." do list[#list + 1] = code end
        given = list
      end
      for _, code in ipairs(given) do
        if not seen[code] then codes[#codes + 1] = code end
        seen[code] = true
      end
    end
  end
  return codes
end

local function counted_since(person, map, from, to)
  local codes = threshold_codes(map)
  if #codes == 0 or from > to then return 0 end
  local rule = core.rule.count { name = "since", codes = codes, at_least = 1 }
  return person.pupil:count(rule, from, to).count
end

local function period_of(entry, step, calendar)
  local fields = entry.body.fields or {}
  local from = fields.period_from or entry.on
  local to = fields.period_to or durations.last_day(step.period, from, calendar, date)
  return from, to
end

local function period_row(view, person, entry, step, map)
  local from, to = period_of(entry, step, person.pupil.calendar)
  if not to then return nil end
  local ended = view.day > to
  local row = { person = person, step = step, title = step.title, from = from, to = to, ended = ended,
    entry = entry.id, since = from, count = counted_since(person, map, from, view.as_of < to and view.as_of or to) }
  local absent = (row.count == 0 and "no unauthorised half days" or words.count(row.count, "unauthorised half day"))
    .. (view.as_of < to and " up to " .. words.day(view.as_of, view.as_of) or " since it began")
  if view.as_of < from then absent = "no registers of it have come in yet" end
  if ended then
    row.why = ("Ended on %s; %s. Decide together what comes of it."):format(words.day(to, view.as_of), absent)
  else
    row.days_left = person.pupil.calendar:days_between(view.day, to)
    row.why = ("Runs from %s to %s; %s left; %s."):format(words.day(from, view.as_of), words.day(to, view.as_of),
      words.count(row.days_left, "school day"), absent)
  end
  return row
end

-- Steps with a period that were recorded and have no outcome yet: those that have
-- ended first, then those that end soonest.
function running.periods(view)
  local list = {}
  for _, entry in ipairs(latest_entries(view)) do
    local person = view.by_pupil[entry.pupil]
    local map = person and view.space:map_for_school(person.school.key)
    local step = map and map.declared.steps_by_name[entry.step]
    if step and step.period and not entry.body.outcome then
      list[#list + 1] = period_row(view, person, entry, step, map)
    end
  end
  table.sort(list, function(a, b)
    if a.to ~= b.to then return a.to < b.to end
    return a.entry < b.entry
  end)
  return list
end

-- Marks without a reason ----------------------------------------------------------

local function due_by(calendar, day, within)
  return calendar:days_after(day, within) or date.add(day, within)
end

-- "Monday 8 September, Tuesday 9 September"; from four days on the first and how many
local function days_said(sessions, as_of)
  local days, last = {}, nil
  for _, each in ipairs(sessions) do
    if each.date ~= last then days[#days + 1], last = words.day(each.date, as_of), each.date end
  end
  if #days > 3 then return ("%s and %d more days"):format(days[1], #days - 1) end
  return table.concat(days, ", ")
end

-- One pupil's marks of this school year that have no reason yet; nil when none.
function running.no_reason(view, person, lists)
  local _, first = date.academic_year(view.as_of)
  local start = not view.baseline and view.space.settings.start
  if start and start > first then first = start end
  local rule = core.rule.count { name = "no-reason", codes = lists.no_reason, at_least = 1 }
  local sessions = person.pupil:count(rule, first, view.as_of):sessions()
  if #sessions == 0 then return nil end
  local due = due_by(person.pupil.calendar, sessions[1].date, lists.reason_within_days)
  local late = view.day > due
  local when = late and "it was due by " or "due by "
  return { person = person, title = "Put the reason in the register", since = sessions[1].date, due = due,
    overdue = late, why = ("%s still without a reason (%s); %s%s."):format(words.count(#sessions, "half day"),
      days_said(sessions, view.as_of), when, words.day(due, view.as_of)) }
end

-- Who improved --------------------------------------------------------------------

local support = { facilitate = true, formalise = true }

-- The last support that was recorded long enough ago to have worked, and no
-- longer ago than twice that, by pupil.
local function support_before(view, windows)
  local by_pupil = {}
  for _, entry in ipairs(view.entries) do
    local person = view.by_pupil[entry.pupil]
    local map = person and view.space:map_for_school(person.school.key)
    local step = map and map.declared.steps_by_name[entry.step]
    local counts = entry.kind == "recorded" and entry.body and not entry.body.attempt
    local window = person and windows[person.school.key]
    local in_time = window and entry.on >= window.from and entry.on < window.to
    if counts and step and support[step.principle] and in_time then
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
    why = ("Attendance %d %% in the last %d school weeks, %d %% in those before %s on %s."):format(now // 100,
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
  for _, later in ipairs(view.entries) do
    local same = later.pupil == entry.pupil and later.step == entry.step
    if same and told and later.id > told and not later.struck then return true end
  end
  return false
end

return running
