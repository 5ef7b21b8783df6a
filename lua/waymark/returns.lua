-- returns: the lists of pupils that go to the authority, or that the school itself has
-- to see to, for a period: who is in one and with which figures, a plugin's rules say.
--
-- A plugin's init.lua gives `returns`, a list of { name, title, rule, words, period, expected, plan,
-- shows, lasting }.
-- What is measured, by the kind of the rule:
--   streak, longest   the longest run that touches the period, wherever it began (by days, if the
--                     rule says so); with `lasting` only one that goes on to the last mark
--   rolling, count    whether it was met on any day of the period: asked at the end of
--   over weeks        each of its weeks, since a window is never fuller in between
--   others            `period = "asked"`: over the period; "half-term": over the half term of the
--                     last day, unless a first day was asked for; else over what the rule itself
--                     says (the academic year, if it says nothing) to the last day
-- A count of nothing but the road map's codes for "no reason yet" has only those marks
-- that are past the school days in which there should be a reason (its `lists`).
--
-- Who does not meet the rule is in the list of a return with `expected` while a person expects
-- it: by the last entry of that step in the academic year, unless that has an outcome.
--
-- Of a return with `plan`, who has a plan of that step in force in the period is in the list too,
-- with the records of it that it `shows`.
--
-- returns.of gives { from, to, several, lists }; a list { name, title, words, rows, listed }, a
-- row { person, what, from, to, half_days, reached, last, recorded }:
--   from, to   what was looked at; of a run, the run itself
--   half_days  those that were counted
--   reached    the day of the half day that made it enough; a rate has none
--   last       the day of the last one counted
--   recorded   what was recorded of the plan, by name
-- `listed` is how many pupils there are: where nobody is in the list of a half term, a school has
-- one row of it without a pupil, since that is a return too.
--
-- 1. In a list are those who were on roll on some day of the period, leavers too.
-- 2. Every figure is measured by the rule; nothing is counted here.

local core = require "waymark.core"
local events = require "waymark.store.events"
local problem = require "waymark.base.problem"
local pupils = require "waymark.store.pupils"
local roles = require "waymark.plugin.roles"
local words = require "waymark.base.words"
local check = core.sdk "check"
local sdk_entries = core.sdk "entries"
local reasons = core.sdk "evidence"

local returns = {}

local date = core.date

-- The period --------------------------------------------------------------------------

-- The first day of the month that ends on a day: 20 March -> 21 February.
local function month_before(day)
  local year, month, number = tonumber(day:sub(1, 4)), tonumber(day:sub(6, 7)), tonumber(day:sub(9))
  month = month - 1
  if month == 0 then year, month = year - 1, 12 end
  while number > 27 and not date.parse(("%04d-%02d-%02d"):format(year, month, number)) do number = number - 1 end
  return date.add(("%04d-%02d-%02d"):format(year, month, number), 1)
end

-- From and to, as asked for; else the month that ends on the last day that registers
-- came in for.
function returns.period(space, from, to)
  to = to or space:as_of()
  from = from or month_before(to)
  if from > to then problem.raise("the period ends on %s, before it begins on %s", to, from) end
  return from, to
end

-- The first school day of the half term that a day lies in, or that ended before it: weeks of school
-- without one between that has none. nil before the calendar.
local function half_term_of(calendar, day)
  local first, monday = calendar:first(), date.monday(day)
  while first and monday >= date.monday(first) and not calendar:week_of(monday) do monday = date.add(monday, -7) end
  if not first or monday < date.monday(first) then return nil end
  while calendar:week_of(date.add(monday, -7)) do monday = date.add(monday, -7) end
  while not calendar:is_open(monday) do monday = date.add(monday, 1) end
  return monday
end

-- What is declared ----------------------------------------------------------------------

local function codes_of(spec)
  local set = {}
  if type(spec.codes) == "table" then
    for _, code in ipairs(spec.codes) do set[code] = true end
  else
    for code in (spec.codes or ""):gmatch "." do set[code] = true end
  end
  return set
end

-- In how many school days there should be a reason, if a rule counts only marks that
-- have none yet; else nil.
local function reason_days(map, rule)
  local lists = map.declared and map.declared.lists or {}
  local codes, of = rule.kind == "count" and codes_of(rule.spec) or {}, codes_of { codes = lists.no_reason }
  if next(codes) == nil then return nil end
  for code in next, codes do
    if not of[code] then return nil end
  end
  return lists.reason_within_days
end

-- The returns of a road map's plugins, each name once, with their rules.
local function returns_of(map)
  local list, seen = {}, {}
  for _, declared in ipairs(map.all) do
    for _, each in ipairs(declared.returns or {}) do
      local rule = declared.rules_by_name[each.rule]
      if rule and not seen[each.name] then
        list[#list + 1] = { name = each.name, title = each.title, words = each.words, period = each.period,
          expected = each.expected, lasting = each.lasting, plan = each.plan, shows = each.shows or {},
          past = reason_days(map, rule), rule = rule }
      end
      seen[each.name] = true
    end
  end
  return list
end

-- Every return that a school's plugins have, by name, and the names in their order.
local function all_returns(space)
  local names, by_name = {}, {}
  for _, map in ipairs(space.maps) do
    for _, each in ipairs(map.all and returns_of(map) or {}) do
      if not by_name[each.name] then names[#names + 1] = each.name end
      by_name[each.name] = by_name[each.name] or each
    end
  end
  return by_name, names
end

-- The names that are asked for, or all; raises for one that there is not.
local function wanted_of(by_name, names, asked)
  if #names == 0 then problem.raise 'no plugin in use has returns; add use "england" to waymark.lua' end
  if not asked or #asked == 0 then return names end
  for _, name in ipairs(asked) do
    if not by_name[name] then
      local near = check.did_you_mean(name, names)
      if near == "" then near = "; there are: " .. table.concat(names, ", ") end
      problem.raise('there is no return "%s"%s', name, near)
    end
  end
  return asked
end

-- Who ---------------------------------------------------------------------------------

-- Those on roll on some day of a period, in the order imported.
local function people_of(space, school, from, to)
  local list = pupils.on_roll(space.store, school.id, from, to)
  for _, person in ipairs(list) do person.school = school end
  return list
end

-- Every pupil of a school as of a day, with registers.
local function pupils_of(space, school, day)
  return space:each_pupil { school = school.id, as_of = day, everyone = true, fields = { "registers" } }
end

-- Measuring -----------------------------------------------------------------------------

local is_run = { streak = true, longest = true }
local counts = { streak = true, longest = true, count = true, rolling = true, missing = true }

-- The day on which the half days, or the days that have them, became so many; nil of fewer.
local function day_reached(sessions, enough, by_day)
  local n, day = 0, nil
  for _, session in ipairs(sessions) do
    if not by_day or session.date ~= day then n, day = n + 1, session.date end
    if n == enough then return day end
  end
end

local function figures_of(e)
  local sessions, by_day = e:sessions(), (is_run[e.kind] or e.kind == "count") and e.unit == "days"
  local row = { what = e:describe(), from = e.from, to = e.to, half_days = by_day and #sessions or e.count,
    reached = counts[e.kind] and day_reached(sessions, e.of, by_day) or nil,
    last = sessions[1] and sessions[#sessions].date }
  if is_run[e.kind] and e.first then row.from, row.to = e.first:sub(1, 10), e.last:sub(1, 10) end
  return row
end

-- The figures of an answer that is met; nil of another.
local function row_of(e) return e.met and figures_of(e) or nil end

-- A rule of the same codes as another's, of a kind that has no period of its own.
local function same_codes(kind, rule, period)
  local spec = rule.spec
  return core.rule[kind] { name = spec.name, codes = spec.codes, classes = spec.classes, since = spec.since,
    ages = spec.ages, at_least = spec.at_least, period = period, unit = kind == "longest" and spec.unit or nil,
    after = kind == "longest" and spec.after or nil }
end

local function run_rules(each)
  each.streak = each.streak or same_codes("streak", each.rule)
  each.longest = each.longest or same_codes("longest", each.rule, "all")
  return each.streak, each.longest
end

-- The run that goes on to the last mark of the period, with the school day before it: what it followed.
local function lasting_row(pupil, each, period)
  local streak, longest = run_rules(each)
  local now, first = pupil:streak(streak), pupil.calendar:first()
  if now.count == 0 then return nil end
  local from = now.first:sub(1, 10)
  repeat from = date.add(from, -1) until from <= first or pupil.calendar:is_open(from)
  local row = row_of(pupil:longest(longest, from, period.to))
  return row and row.to >= now.first:sub(1, 10) and row or nil
end

-- The longest run of [from, to], counted from where it began. `began`: the first day
-- of the run that went on when the period began, if one did.
local function run_row(pupil, each, period, began)
  if each.lasting then return lasting_row(pupil, each, period) end
  local _, longest = run_rules(each)
  local e = pupil:longest(longest, began or period.from, period.to)
  while e.last and e.last:sub(1, 10) < period.from do -- one that ended before the period
    e = pupil:longest(longest, date.add(e.last:sub(1, 10), 1), period.to)
  end
  return row_of(e)
end

-- Marks so old that `past` school days after theirs were over by the last day.
local function old_row(pupil, each, from, to)
  local last
  for _, session in ipairs(pupil:count(each.rule.value, from, to):sessions()) do
    local due = pupil.calendar:days_after(session.date, each.past)
    if not due or due >= to then break end
    last = session.date
  end
  local row = last and row_of(pupil:count(each.rule.value, from, last))
  if row then row.what = ("%s, older than %s"):format(row.what, reasons.plural(each.past, "school day")) end
  return row or nil
end

-- The first day that a return looks at: of the half term, where it goes by that.
local function first_of(pupil, each, period)
  if each.period ~= "half-term" or period.is_asked then return period.from end
  each.from = each.from or half_term_of(pupil.calendar, period.to) or period.from
  return each.from
end

local function plain_row(pupil, each, period)
  local value, asked = each.rule.value, each.period == "asked" or each.period == "half-term"
  -- A mark of last July may still have no reason in September.
  if each.past then return old_row(pupil, each, asked and period.from or date.add(period.to, -365), period.to) end
  return row_of(asked and pupil:measure(value, first_of(pupil, each, period), period.to) or pupil:measure(value))
end

-- Whether a return is about a window that moves on by weeks.
local function is_moving(each)
  local kind = each.rule.kind
  return kind == "rolling" or (kind == "count" and each.rule.spec.weeks ~= nil and each.period ~= "asked"
    and each.period ~= "half-term")
end

-- For each return that counts runs: the first days of the runs that went on when the
-- period began, by enrolment.
local function runs_before(space, school, list, period)
  local began = {}
  for _, each in ipairs(list) do
    if is_run[each.rule.kind] then began[each] = {} end
  end
  if next(began) == nil then return began end
  for pupil in pupils_of(space, school, date.add(period.from, -1)) do
    for each, by_enrolment in next, began do
      local e = pupil:streak((run_rules(each)))
      by_enrolment[pupil.id] = e.count > 0 and e.first:sub(1, 10) or nil
    end
  end
  return began
end

-- The last days of the weeks in a period, and its own last day.
local function week_ends(period)
  local days, day = {}, date.add(date.monday(period.from), 6)
  while day < period.to do
    days[#days + 1], day = day, date.add(day, 7)
  end
  days[#days + 1] = period.to
  return days
end

-- Of each return over moving weeks the last answer that was met, by enrolment.
local function add_moving(space, school, list, period, found)
  local moving = {}
  for _, each in ipairs(list) do
    if is_moving(each) then moving[#moving + 1] = each end
  end
  for _, day in ipairs(#moving > 0 and week_ends(period) or {}) do
    for pupil in pupils_of(space, school, day) do
      for _, each in ipairs(moving) do
        local e = pupil:measure(each.rule.value)
        local row = row_of(e)
        if row then row.reached = e.since and e.since:sub(1, 10) or row.reached end
        found[each][pupil.id] = row or found[each][pupil.id]
      end
    end
  end
end

-- By return and enrolment: the day on which a person recorded that the rule is expected to be met.
local function expected_of(space, list, to)
  local found, by_step, _, from = {}, {}, date.academic_year(to)
  for _, each in ipairs(list) do
    found[each] = {}
    if each.expected then by_step[each.expected] = found[each] end
  end
  if next(by_step) == nil then return found end
  for _, entry in ipairs(events.entries(space.store, { kind = "entry.recorded", as_of = to })) do
    local days = entry.body and entry.on >= from and by_step[entry.step]
    if days then days[entry.enrolment] = not entry.body.outcome and entry.on or nil end
  end
  return found
end

local function expected_row(pupil, each, on)
  local e = pupil:measure(each.rule.value)
  local row = figures_of(e)
  row.what = ("%s so far, %d expected: recorded on %s"):format(row.what, e.of, date.short(on))
  return row
end

-- Plans -----------------------------------------------------------------------------------

-- By return and enrolment: what was recorded of its plan by the last day, each with what came of it.
local function plans_of(space, list, to)
  local found, entries = {}, {}
  for _, each in ipairs(list) do found[each] = each.plan and {} end
  if next(found) == nil then return found end
  for _, entry in ipairs(events.entries(space.store, { kind = "entry.recorded", as_of = to })) do
    for name, value in next, entry.body or {} do entry[name] = value end
    entry.kind = "recorded"
    entries[#entries + 1] = entry.body and entry or nil
  end
  for each, by_enrolment in next, found do
    for _, run in ipairs(sdk_entries.runs(entries, each.plan)) do
      local entry = run.entry
      if entry then by_enrolment[entry.enrolment] = by_enrolment[entry.enrolment] or {} end
      table.insert(entry and by_enrolment[entry.enrolment] or {}, run)
    end
  end
  return found
end

-- The last of some runs of a plan that was in force on a day of [from, to].
local function in_force(runs, step, from, to)
  local found
  for _, run in ipairs(runs or {}) do
    local entry, outcome = run.entry, run.outcome
    local begins, ends = roles.day(step, entry, "period-from") or entry.on, roles.day(step, entry, "period-to")
    if begins <= to and not (ends and ends < from) and not (outcome and outcome.on < from) then found = entry end
  end
  return found
end

local function value_words(value)
  if type(value) == "table" then
    local parts = {}
    for i, each in ipairs(value) do parts[i] = value_words(each) end
    return table.concat(parts, ", ")
  end
  return type(value) == "string" and date.parse(value) and date.short(value) or tostring(value)
end

local function add_plan(row, each, step, plan)
  local parts = { row.what }
  for _, name in ipairs(plan and each.shows or {}) do
    local record, value = step.records[name], (plan.fields or {})[name]
    if record and value ~= nil and record.audience ~= "staff" then
      row.recorded = row.recorded or {}
      row.recorded[name] = value
      parts[#parts + 1] = ("%s: %s"):format(record.title or words.capital((name:gsub("_", " "))),
        value_words(value))
    end
  end
  if not plan then parts[2] = ("no %s is recorded"):format(step.title:lower()) end
  row.what = table.concat(parts, "; ")
  return row
end

-- Who meets the rule, and who has a plan in force; nil of anybody else.
local function plan_row(pupil, each, period, step, runs)
  local from = first_of(pupil, each, period)
  local row, plan = plain_row(pupil, each, period), in_force(runs, step, from, period.to)
  if not row and not plan then return nil end
  return add_plan(row or figures_of(pupil:measure(each.rule.value, from, period.to)), each, step, plan)
end

-- By return and enrolment: the row of who is in it.
local function measure(space, school, list, period)
  local found = {}
  for _, each in ipairs(list) do found[each] = {} end
  local began, expected = runs_before(space, school, list, period), expected_of(space, list, period.to)
  local plans = plans_of(space, list, period.to)
  add_moving(space, school, list, period, found)
  for pupil in pupils_of(space, school, period.to) do
    for _, each in ipairs(list) do
      if is_run[each.rule.kind] then
        found[each][pupil.id] = run_row(pupil, each, period, began[each][pupil.id])
      elseif plans[each] and space:step(school.key, each.plan) then
        found[each][pupil.id] = plan_row(pupil, each, period, space:step(school.key, each.plan), plans[each][pupil.id])
      elseif not is_moving(each) then
        found[each][pupil.id] = plain_row(pupil, each, period)
      end
      local on = expected[each][pupil.id]
      if on and not found[each][pupil.id] then found[each][pupil.id] = expected_row(pupil, each, on) end
    end
  end
  return found
end

-- All of it -------------------------------------------------------------------------------

local function schools_of(space, key)
  local wanted, list = key and space:school_id(key), {}
  for _, school in ipairs(space:schools()) do
    if not wanted or school.id == wanted then list[#list + 1] = school end
  end
  return list
end

-- The returns of a school that are wanted, by their names.
local function chosen(map, lists_by_name)
  local list = {}
  for _, each in ipairs(map.all and returns_of(map) or {}) do
    if lists_by_name[each.name] then list[#list + 1] = each end
  end
  return list
end

local function add_school(result, by_name, space, school)
  local list = chosen(space:map_for_school(school.key), by_name)
  local found, people = #list > 0 and measure(space, school, list, result) or {}, {} -- people: by the first day
  for _, each in ipairs(list) do
    local into, from = by_name[each.name], each.from or result.from
    local before = into.listed
    people[from] = people[from] or people_of(space, school, from, result.to)
    for _, person in ipairs(people[from]) do
      local row = found[each][person.enrolment]
      if row then
        row.person = person
        into.rows[#into.rows + 1], into.listed = row, into.listed + 1
      end
    end
    if each.period == "half-term" and into.listed == before then
      into.rows[#into.rows + 1] = { person = { school = school }, what = "none", from = from, to = result.to,
        half_days = 0 }
    end
  end
end

-- given: names (else all), from, to, school (its key)
function returns.of(space, given)
  space:load_plugins()
  local known, names = all_returns(space)
  local by_name = {}
  local result = { lists = {}, schools = schools_of(space, given.school), several = #space:schools() > 1 }
  result.from, result.to = returns.period(space, given.from, given.to)
  result.is_asked = given.from ~= nil
  for _, name in ipairs(wanted_of(known, names, given.names)) do
    if not by_name[name] then
      by_name[name] = { name = name, title = known[name].title, words = known[name].words, rows = {}, listed = 0 }
      result.lists[#result.lists + 1] = by_name[name]
    end
  end
  for _, school in ipairs(result.schools) do add_school(result, by_name, space, school) end
  return result
end

return returns
