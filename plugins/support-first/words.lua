-- words: the texts that documents show as words.NAME. Amounts and the words of the law come
-- from england; who the authority is, from options; figures, from the registers.

local contract = require "england.contract"
local england = require "england"
local notice = require "england.notice"
local penalty = require "england.penalty"

local words = {}

-- For every document.
function words.of(pupil)
  local found = penalty.words(pupil and pupil.as_of or today)
  found.authority, found.team = config.authority_name, config.team_name
  found.threshold = ("%d half days in %d school weeks without leave"):format(england.national.at_least,
    england.national.weeks)
  return found
end

-- Periods --------------------------------------------------------------------------------

local most_back = 1000 -- days; a period is far shorter

-- The first of the school days that lie before a day, as many as a period has.
local function as_long_before(calendar, from, to)
  local left, first, day = calendar:days_between(from, to), calendar:first(), from
  for _ = 1, most_back do
    if left == 0 then return day end
    day = date.add(day, -1)
    if not first or day < first then return nil end
    if calendar:is_open(day) then left = left - 1 end
  end
end

local function half_days(n) return n == 1 and "1 half day" or (n == 0 and "no" or n) .. " half days" end

-- nil when the registers know of no half day in this time.
local function figures(pupil, from, to)
  local rate = pupil:rate(nil, from, to)
  if rate.possible == 0 then return nil end
  local count = pupil:count(england.unauthorised, from, to).count
  return ("%s; %s without leave"):format(rate:describe(), half_days(count))
end

-- A figure says how far registers reach where that is not to the end of what it is about.
local function with_reach(text, pupil, last)
  local reach = pupil.school.reach
  if not reach or reach >= last or pupil.calendar:days_between(date.add(reach, 1), last) == 0 then return text end
  return ("%s; our registers are in up to %s"):format(text, date.english(reach))
end

local function add_figures(found, pupil, from, to)
  local now = figures(pupil, from, to)
  found.period_figures = now and with_reach(now, pupil, to)
  local before = as_long_before(pupil.calendar, from, to)
  if before then found.before_figures = figures(pupil, before, date.add(from, -1)) end
end

-- "Tuesday 4 November 2025, morning", both halves of a day together.
local function half_days_of(marks)
  local list = {}
  for i, mark in ipairs(marks) do
    local half = mark.session == "AM" and "morning" or "afternoon"
    if i > 1 and marks[i - 1].date == mark.date then
      list[#list] = list[#list] .. " and " .. half
    else
      list[#list + 1] = ("%s, %s"):format(date.english(mark.date), half)
    end
  end
  return table.concat(list, "; ")
end

-- What happened in a period so far, to its last day at most. Of a half day without a reason (N) it
-- is not yet known that it was without leave, until the reason is due.
local function since(pupil, from, to)
  local last = to and to < pupil.as_of and to or pupil.as_of
  local marks, unexplained, calendar = {}, {}, pupil.calendar
  for _, mark in ipairs(pupil:count(england.unauthorised, from, last):sessions()) do
    local due = mark.code == "N" and calendar:days_after(mark.date, config.reason_within_days)
    local list = due and pupil.as_of <= due and unexplained or marks
    list[#list + 1] = mark
  end
  local text = #marks == 0 and "no half day without leave"
    or ("%s without leave (%s)"):format(half_days(#marks), half_days_of(marks))
  if #unexplained > 0 then
    text = ("%s; for %s we have no reason yet (%s): please tell us"):format(text, half_days(#unexplained),
      half_days_of(unexplained))
  end
  return with_reach(text, pupil, last)
end

-- By when an answer is asked for: before the last day of a notice that runs; nil where no school
-- day is left before it.
local function answer_by(pupil, last)
  local runs = last and pupil.as_of <= last
  for n = config.answer_days, 1, -1 do
    local day = pupil.calendar:days_after(pupil.as_of, n)
    if day and (not runs or day < last) then return date.english(day) end
  end
end

-- Leave ----------------------------------------------------------------------------------------

-- What a holiday leads to, where an authority has a route of its own for it.
function words.leave(pupil)
  local found = words.of(pupil)
  found.answer_by = answer_by(pupil)
  if config.leave_sessions > 0 then
    found.leave_route = ("%s decides on a holiday of %d or more half days in a row by its leave-of-absence route")
      :format(config.authority_name, config.leave_sessions)
  end
  return found
end

-- Attendance contract ------------------------------------------------------------------------

-- What came of it, under its own name, and what it lacks to be a contract.
function words.contract(pupil, case, entry)
  local found = words.of(pupil)
  found.answer_by = answer_by(pupil)
  if entry and entry.outcome then found[(entry.outcome:gsub("-", "_"))] = "yes" end
  local lacks = {}
  for _, each in ipairs(contract.checklist(pupil, case, entry)) do
    if each.needed and not each.there then lacks[#lacks + 1] = each.item:sub(1, 1):lower() .. each.item:sub(2) end
  end
  if #lacks > 0 then found.lacks = table.concat(lacks, "; ") end
  return found
end

-- Notice to Improve ------------------------------------------------------------------------

local function outcome_of(case, entry)
  if entry.outcome then return entry.outcome end
  local ended = case:outcome_of(entry)
  return ended and ended.outcome
end

local function add_period(found, pupil, period)
  local from, to = period.period_from, period.period_to
  if not from then return end
  found.since = from > pupil.as_of and "it has not begun yet" or since(pupil, from, to)
  if to and to < pupil.as_of then add_figures(found, pupil, from, to) end
end

function words.notice(pupil, case, entry)
  local found, period = words.of(pupil), entry and notice.fields(case, entry) or {}
  found.answer_by = answer_by(pupil, period.period_to)
  found.early_grounds = config.early_grounds
  if not entry then return found end
  local outcome = outcome_of(case, entry)
  if outcome then found[(outcome:gsub("-", "_"))] = "yes" end
  found.enough_improvement, found.length = notice.enough(period), notice.length(pupil, period)
  found.early_grounds = period.early_grounds or found.early_grounds
  add_period(found, pupil, period)
  return found
end

return words
