-- penalty: the arithmetic of penalty notices, for one parent and one child.
--
-- Sources: Education Act 1996 s.444A and s.444B; the Education (Penalty Notices) (England)
-- Regulations 2007 (SI 2007/1867) as amended by SI 2024/210 from 19 August 2024; "Working
-- together to improve school attendance" (DfE, "WT").
--   1. The first notice is £160, or £80 if paid within 21 days; a second within three years
--      of the first's issue is £160; a third within three years is not possible.
--   2. 28 days to pay; the day of receipt is day 1, and the last day is not moved for a
--      weekend. What is posted is received on the second working day after (days.lua).
--   3. Notices are counted for each parent and child, by whomever they were issued, from
--      19 August 2024 on: paid, ending in a conviction, or still open. One that was withdrawn,
--      or that ended in court without a conviction, is not counted; nor is a conviction
--      without a notice, which is no entry of this step.
--   4. Three years begin with the day of issue, as all periods of the regulations do: they end
--      on the day before the same date three years on, and that date is free again. Each
--      notice has its own three years.
--   5. A session relied on for a notice is not relied on again for that parent and child,
--      unless the notice was withdrawn. A notice relies on nothing after its day of issue:
--      on what was absent in the school weeks of the national threshold to that day, of the
--      codes that the authority counts.
-- Siblings are never added: a case is that of one child.
--
--   penalty.law(on)                     the amounts and days of that day, or nil
--   penalty.words(on)                   the same as texts, for documents
--   penalty.notices(pupil, case, who)   list of { issued_on, status, not_paid, sessions, entry }
--   penalty.position(pupil, case, who, on)
--     -> { who, counted = {…}, next = "first"|"second"|nil, amount =, reduced_amount =,
--          reduced_days =, days =, years =, none_before = date?, relied_on = { "2025-09-08 AM", … } }
--   penalty.free_sessions(sessions, position)   those that were not relied on yet
--   penalty.complete(pupil, case, fields, threshold)
--     -> fields of the step, why not?            `threshold`: the authority's own rule, if any

local days = require "england.days"
local england = require "england"
local people = require "england.people"
local sessions = require "england.sessions"

local penalty = {}

local step_name = "penalty-notice"

-- Each in force from its day on, the latest last.
local laws = {
  { from = "2024-08-19", amount = 160, reduced_amount = 80, reduced_days = 21, days = 28, most = 2, years = 3,
    -- Education Act 1996 s.444(1), and s.444(1A): who knew and failed to act.
    fine = "£1,000", fine_aggravated = "£2,500", prison = "three months",
    prison_months = 3 },
}

function penalty.law(on) return england.in_force(laws, on) end

-- The law of a day in words, for documents.
function penalty.words(on)
  local law = penalty.law(on)
  if not law then return {} end
  return {
    first_amount = ("£%d"):format(law.amount), second_amount = ("£%d"):format(law.amount),
    reduced_amount = ("£%d"):format(law.reduced_amount), reduced_days = ("%d days"):format(law.reduced_days),
    full_days = ("%d days"):format(law.days), penalty_years = ("%d years"):format(law.years),
    fine = law.fine, fine_aggravated = law.fine_aggravated, prison = law.prison,
    -- For sentences in other languages, whose words for days and years are their own.
    reduced_days_number = ("%d"):format(law.reduced_days), full_days_number = ("%d"):format(law.days),
    penalty_years_number = ("%d"):format(law.years), prison_months = ("%d"):format(law.prison_months),
  }
end

-- Notices ----------------------------------------------------------------------------

-- What an outcome makes of a notice; "not-paid" leaves it open.
local ends = { paid = "paid", withdrawn = "withdrawn", convicted = "convicted", ["not-convicted"] = "not-convicted",
  prosecuted = "prosecuted" }
local uncounted = { withdrawn = true, ["not-convicted"] = true }

-- A notice, with whatever came of it. One of which nothing but the outcome is known is of that day.
local function notice_of(run)
  local entry, status, not_paid = run.entry or run.outcome, "open", false
  local fields = entry.fields or {}
  for _, outcome in ipairs(run.outcomes) do
    status, not_paid = ends[outcome.outcome] or status, not_paid or outcome.outcome == "not-paid"
  end
  return { entry = entry, issued_on = fields.issued_on or entry.on, status = status, not_paid = not_paid,
    sessions = sessions.listed(fields.sessions or {}) }
end

local function by_issue(a, b)
  if a.issued_on ~= b.issued_on then return a.issued_on < b.issued_on end
  return a.entry.on < b.entry.on
end

function penalty.notices(pupil, case, who)
  local person, list = people.find(pupil, who), {}
  for _, run in ipairs(case:runs(step_name)) do
    if people.same(person, run) then list[#list + 1] = notice_of(run) end
  end
  table.sort(list, by_issue)
  return list
end

-- Counting ---------------------------------------------------------------------------

local function counts(notice) return not uncounted[notice.status] and penalty.law(notice.issued_on) ~= nil end

local function is_within(earlier, later, years) return later < days.years_after(earlier, years) end

-- The counted notices whose three years run on a day.
local function counted_on(list, on, years)
  local found = {}
  for _, notice in ipairs(list) do
    if counts(notice) and notice.issued_on <= on and is_within(notice.issued_on, on, years) then
      found[#found + 1] = notice
    end
  end
  return found
end

local function relied_on(list)
  local found, seen = {}, {}
  for _, notice in ipairs(list) do
    for _, session in ipairs(notice.status ~= "withdrawn" and notice.sessions or {}) do
      if not seen[session] then found[#found + 1] = session end
      seen[session] = true
    end
  end
  table.sort(found)
  return found
end

function penalty.position(pupil, case, who, on)
  local list, law = penalty.notices(pupil, case, who), penalty.law(on)
  local position = { who = people.find(pupil, who), counted = {}, relied_on = relied_on(list) }
  if not law then return position end
  local counted = counted_on(list, on, law.years)
  position.counted, position.days, position.years = counted, law.days, law.years
  if #counted >= law.most then
    position.none_before = days.years_after(counted[#counted - law.most + 1].issued_on, law.years)
    return position
  end
  position.next, position.amount = #counted == 0 and "first" or "second", law.amount
  if #counted == 0 then position.reduced_amount, position.reduced_days = law.reduced_amount, law.reduced_days end
  return position
end

-- Sessions ---------------------------------------------------------------------------

-- Of a list of marks, those that no notice of this parent and child relied on.
function penalty.free_sessions(marks, position)
  local used, free = {}, {}
  for _, session in ipairs(position.relied_on) do used[session] = true end
  for _, mark in ipairs(marks) do
    if not used[sessions.name(mark)] then free[#free + 1] = mark end
  end
  return free
end

-- The Monday of the first of so many school weeks, the last of which is that of a day.
local function first_day(calendar, on, weeks)
  local first, monday, n = calendar:first(), date.monday(on), 0
  while first and monday > first do
    if calendar:week_of(monday) then n = n + 1 end
    if n == weeks then return monday end
    monday = date.add(monday, -7)
  end
  return first
end

local function has_code(rule, code)
  local codes = rule.codes
  if type(codes) == "string" then return codes:find(code, 1, true) ~= nil end
  for _, each in ipairs(codes or { code }) do
    if each == code then return true end
  end
  return false
end

-- The sessions that a notice relies on, none of them after its day of issue: of the dates
-- of the offence, else of the threshold's school weeks.
local function sessions_of(pupil, fields, threshold)
  local to, found = fields.offence_to, {}
  if not to or to > fields.issued_on then to = fields.issued_on end
  local from = fields.offence_from or first_day(pupil.calendar, to, england.national.weeks)
  if not from or from > to then return found end
  for _, mark in ipairs(pupil:count(england.unauthorised, from, to):sessions()) do
    if has_code(threshold, mark.code) then found[#found + 1] = mark end
  end
  return found
end

-- The step -----------------------------------------------------------------------------

-- The notices, as many as there may be, that lie within the years of one of that day: those
-- before it and after it taken together. -> the first and the last of them, or nil
local function in_the_way(counted, on, law)
  for i = 1, #counted - law.most + 1 do
    local first, last = counted[i], counted[i + law.most - 1]
    local opens = first.issued_on < on and first.issued_on or on
    local closes = last.issued_on > on and last.issued_on or on
    if is_within(opens, closes, law.years) then return first, last end
  end
end

-- Why no notice of that day is possible, and the first day after it that is free of all.
local function too_many(pupil, case, fields, law)
  local counted, before = {}, fields.issued_on
  for _, notice in ipairs(penalty.notices(pupil, case, fields.parent)) do
    if counts(notice) then counted[#counted + 1] = notice end
  end
  local first, last
  local earlier, later = in_the_way(counted, before, law)
  while earlier do
    first, last, before = earlier, later, days.years_after(earlier.issued_on, law.years)
    earlier, later = in_the_way(counted, before, law)
  end
  return first and ("no notice possible before %s: %d were issued to %s for this child within %d years, on %s and %s; "
    .. "prosecution, an education supervision order or other tools remain"):format(date.english(before), law.most,
    fields.parent, law.years, date.english(first.issued_on), date.english(last.issued_on)) or nil
end

-- What a notice cannot be about: what came after it. And none is issued on a day still to come.
local function too_late(pupil, fields)
  local words = "%s: %s comes after the day of issue, %s"
  if fields.issued_on > pupil.as_of then
    return ("issued_on: %s comes after the day that it is recorded for, %s"):format(fields.issued_on, pupil.as_of)
  end
  for _, name in ipairs { "offence_from", "offence_to" } do
    if fields[name] and fields[name] > fields.issued_on then
      return words:format(name, fields[name], fields.issued_on)
    end
  end
  for _, session in ipairs(fields.sessions or {}) do
    if (sessions.read(session) or ""):sub(1, 10) > fields.issued_on then
      return words:format("sessions", session, fields.issued_on)
    end
  end
end

local function or_given(fields, name, value)
  if fields[name] == nil then fields[name] = value end
end

-- When it was posted and received. -> fields | nil, message
function penalty.service(fields)
  if fields.served_on or not fields.issued_on then return fields end
  or_given(fields, "posted_on", fields.issued_on)
  local served, message = days.served(fields.posted_on)
  if not served then return nil, "served_on: " .. message end
  fields.served_on = served
  return fields
end

local none_free = "no half day of these dates is left: all %d were relied on for an earlier notice to %s for this child"

-- Those that are free, unless they were given. -> nil, or why they cannot be relied on
local function add_sessions(pupil, case, fields, position, threshold)
  if fields.sessions then
    return sessions.fault(fields.sessions, pupil, penalty.notices(pupil, case, fields.parent))
  end
  local all, is_dated = sessions_of(pupil, fields, threshold), fields.offence_from ~= nil
  local marks = penalty.free_sessions(all, position)
  if #marks == 0 then return is_dated and #all > 0 and none_free:format(#all, fields.parent) or nil end
  fields.sessions = {}
  for i, mark in ipairs(marks) do fields.sessions[i] = sessions.name(mark) end
  or_given(fields, "offence_from", marks[1].date)
  or_given(fields, "offence_to", marks[#marks].date)
end

-- The last of so many days, the day of receipt being the first.
local function last_day(fields, n) return fields.served_on and n and date.add(fields.served_on, n - 1) end

local function add_amounts(fields, position, law)
  or_given(fields, "amount", law and law.amount)
  or_given(fields, "reduced_amount", position.reduced_amount)
  if fields.reduced_amount then or_given(fields, "reduced_until", last_day(fields, position.reduced_days)) end
  or_given(fields, "pay_by", last_day(fields, position.days))
end

-- What can be worked out is given even where there is a reason why the notice cannot be:
-- another may have issued it all the same.
function penalty.complete(pupil, case, given, threshold)
  local fields = {}
  for name, value in next, given do fields[name] = value end
  or_given(fields, "issued_on", pupil.as_of)
  local law = penalty.law(fields.issued_on)
  local why = law and too_many(pupil, case, fields, law) or too_late(pupil, fields)
  local served, message = penalty.service(fields)
  if not served then why = why or message end
  local position = penalty.position(pupil, case, fields.parent, fields.issued_on)
  local fault = add_sessions(pupil, case, fields, position, threshold or england.national)
  add_amounts(fields, position, law)
  return fields, why or fault
end

return penalty
