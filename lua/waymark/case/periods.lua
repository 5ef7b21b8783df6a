-- case/periods: a step that was recorded and runs for a time (a Notice to Improve): when it
-- began, when it ends, when it is looked at in between, how many half days counted since,
-- whether that is more than was agreed, and at its end the figures beside those of the same
-- length before. A half day for which there is no reason yet stands apart, until the reason is due
-- (the road map's lists): it is no breach before. Nothing is written and nothing moves by itself.
--
--   periods.of(space, entry, step, map, pupil, as_of, day) -> nil when the calendar does
--   not reach its end, else
--     { from, to, parent = name | nil, sessions = counted, at most up to as_of, count,
--       unexplained = sessions that may still get a reason, reason_by = the first day on which
--       one of these is due | nil, tolerated = number | nil, over = session that went over | nil,
--       checks = { date, … }, ended, days_left }
--   periods.reason_by(lists, calendar, day) -> the last day for the reason of an absence on a day
--   periods.beside(period, pupil) -> { now, before }, each { from, to, attended, possible,
--   hundredths, count }; before is nil when the calendar does not go back so far
--
-- as_of is the last day looked at in the registers, `day` that of the diary. What counts is
-- what the step says (`counts`), else the codes of the road map's thresholds.

local core = require "waymark.core"
local roles = require "waymark.plugin.roles"

local periods = {}

local date = core.date

-- What counts ----------------------------------------------------------------------

local function each_code(codes)
  local list = {}
  if type(codes) == "table" then return codes end
  for code in (codes or ""):gmatch "." do list[#list + 1] = code end
  return list
end

-- The codes that the thresholds of a road map count, each once.
local function threshold_codes(map)
  local codes, seen = {}, {}
  for _, declared in ipairs(map.all) do
    for _, rule in ipairs(declared.rules) do
      for _, code in ipairs(rule.kind == "rolling" and each_code(rule.spec.codes) or {}) do
        if not seen[code] then codes[#codes + 1] = code end
        seen[code] = true
      end
    end
  end
  return codes
end

local function spec_of(space, step, map)
  local rule = step.counts and space.rules_by_name[step.counts]
  if rule then
    return { codes = rule.spec.codes, classes = rule.spec.classes, since = rule.spec.since, ages = rule.spec.ages }
  end
  local codes = threshold_codes(map)
  return #codes > 0 and { codes = codes } or nil
end

-- The rule that counts, made once for each step and map.
local function rule_of(space, step, map)
  space.period_rules = space.period_rules or {}
  local key = map.served .. " " .. step.name
  if space.period_rules[key] == nil then
    local spec = spec_of(space, step, map)
    if spec then spec.name, spec.at_least = "since", 1 end
    space.period_rules[key] = spec and core.rule.count(spec) or false
  end
  return space.period_rules[key]
end

-- Its days -------------------------------------------------------------------------

local function ends_on(entry, step, from, calendar)
  return roles.day(step, entry, "period-to") or calendar:last_day(from, step.period)
end

-- Those that were recorded, else those that the step says.
local function checks_of(entry, step, from, calendar)
  local recorded = roles.value(step, entry, "check")
  if type(recorded) == "table" and #recorded > 0 then return recorded end
  local list = {}
  for _, each in ipairs(step.checks or {}) do list[#list + 1] = calendar:last_day(from, each) end
  table.sort(list)
  return list
end

local function earlier(a, b) return a < b and a or b end

local function session_of(each) return each.date .. " " .. each.session end

local function tolerated(entry, step)
  local value = step.tolerance and (entry.fields or {})[step.tolerance]
  return math.tointeger(tonumber(value))
end

-- Without a rule of the road map a reason is due at once.
function periods.reason_by(lists, calendar, day)
  local within = lists.reason_within_days
  return within and (calendar:days_after(day, within) or date.add(day, within)) or day
end

function periods.of(space, entry, step, map, pupil, as_of, day)
  local from = roles.day(step, entry, "period-from") or entry.on
  local to = ends_on(entry, step, from, pupil.calendar)
  if not to then return nil end
  local rule, last, lists = rule_of(space, step, map), earlier(as_of, to), map.declared.lists or {}
  local sessions, unexplained, first_due = {}, {}, nil
  for _, each in ipairs(rule and from <= last and pupil:count(rule, from, last):sessions() or {}) do
    local due = (lists.no_reason or ""):find(each.code, 1, true)
      and periods.reason_by(lists, pupil.calendar, each.date)
    if due and day <= due then
      unexplained[#unexplained + 1], first_due = each, first_due or due
    else
      sessions[#sessions + 1] = each
    end
  end
  local most = tolerated(entry, step)
  local ended = day > to
  return { from = from, to = to, parent = (entry.fields or {}).parent, rule = rule, sessions = sessions,
    count = #sessions, unexplained = unexplained, reason_by = first_due, tolerated = most,
    over = most and sessions[most + 1] and session_of(sessions[most + 1]),
    checks = checks_of(entry, step, from, pupil.calendar), ended = ended,
    days_left = not ended and pupil.calendar:days_between(day > from and day or from, to) or nil }
end

-- Beside the time before -------------------------------------------------------------

local most_back = 1000 -- days; a period has at most 1000 school days, and is far shorter

-- The first of the n school days that end before a day.
local function first_of_days_before(calendar, day, n)
  local first = calendar:first()
  for _ = 1, most_back do
    day = date.add(day, -1)
    if not first or day < first then return nil end
    if calendar:is_open(day) then n = n - 1 end
    if n == 0 then return day end
  end
end

local function figures(period, pupil, from, to)
  local rate = pupil:rate(nil, from, to)
  return { from = from, to = to, attended = rate.attended, possible = rate.possible, hundredths = rate.hundredths,
    count = period.rule and pupil:count(period.rule, from, to).count or 0 }
end

function periods.beside(period, pupil)
  local days = pupil.calendar:days_between(period.from, period.to)
  local before = days > 0 and first_of_days_before(pupil.calendar, period.from, days)
  local now = figures(period, pupil, period.from, period.to)
  now.count = period.count
  return { now = now,
    before = before and figures(period, pupil, before, date.add(period.from, -1)) or nil }
end

return periods
