-- today/queue: which suggestions become lines of the list, when a road map allows
-- so many new lines a week. Pure: the same rows give the same lines on any day.
--
-- A line is a child. A week runs from Monday to Sunday, and its room opens day by
-- day, a fifth each school day: what comes on a Monday leaves room for the calls of
-- the days after it. On each day on which suggestions were made, those who wait and
-- those who are new come in this order: calls; who has waited for `patience` weeks,
-- the longest first; the earliest step of the road map; the older concern. A
-- further suggestion for a child who has a line joins it and takes no room.
--   1. A call (nobody knows yet why a child is away) never waits; it takes room.
--   2. Once a line, a suggestion stays one until it ends.
--
-- A row: { enrolment, place, concern, made_on, ended_on = nil | date, lapsed, began =
-- date, call }.

local core = require "waymark.core"

local queue = {}

local date = core.date

-- Calls, then the earliest step, then the older concern.
function queue.earlier(a, b)
  if a.call ~= b.call then return a.call == true end
  if a.place ~= b.place then return a.place < b.place end
  if a.began ~= b.began then return a.began < b.began end
  if a.enrolment ~= b.enrolment then return a.enrolment < b.enrolment end
  return a.concern < b.concern
end

-- What people end stands on the list of that day; what lapses does not.
local function is_open(row, day)
  return row.ended_on == nil or row.ended_on > day or (row.ended_on == day and not row.lapsed)
end

-- The days on which lines open, and what was made on each: those on which something was, and
-- those on which `suggest` ran and found nothing new (then whoever waits comes up).
local function days_of(rows, run_days)
  local made, days = {}, {}
  local function note(day)
    if not made[day] then made[day], days[#days + 1] = {}, day end
    return made[day]
  end
  for _, day in ipairs(run_days or {}) do note(day) end
  for _, row in ipairs(rows) do table.insert(note(row.made_on), row) end
  table.sort(days)
  return days, made
end

local function admit(state, row, day)
  local lines, known = state.lines, false
  for _, each in ipairs(lines[row.enrolment] or {}) do known = known or is_open(each, day) end
  if not (known or row.call or state.room > 0) then return false end
  if not known then
    state.room = state.room - 1
    state.new[state.week] = (state.new[state.week] or 0) + 1
  end
  lines[row.enrolment] = lines[row.enrolment] or {}
  table.insert(lines[row.enrolment], row)
  state.admitted[row] = true
  return true
end

-- The order of a day's queue. Without patience the later steps of the road map
-- would never have their turn in a school with many new absences.
local function order_on(pool, day, patience)
  local since, ranks = patience and date.add(day, -7 * patience) or "", {}
  for _, row in ipairs(pool) do
    ranks[row] = (row.call and "0" or "1") .. (row.made_on <= since and row.made_on or "a later day")
  end
  return function(a, b)
    local a_rank, b_rank = ranks[a], ranks[b]
    if a_rank ~= b_rank then return a_rank < b_rank end
    return queue.earlier(a, b)
  end
end

local function live_day(state, made, rules, day)
  local pool, waiting = {}, {}
  for _, row in ipairs(state.waiting) do
    if is_open(row, day) then pool[#pool + 1] = row end
  end
  for _, row in ipairs(made) do pool[#pool + 1] = row end
  table.sort(pool, order_on(pool, day, rules.patience))
  state.week = date.monday(day)
  local by_now = rules.most and math.ceil(rules.most * math.min(date.weekday(day), 5) / 5) -- of a week's lines
    or math.huge
  state.room = by_now - (state.new[state.week] or 0)
  for _, row in ipairs(pool) do
    if not admit(state, row, day) then waiting[#waiting + 1] = row end
  end
  state.waiting = waiting
end

-- The rows that are lines by a day. rules: most (new lines a week; nil: no limit),
-- patience (weeks; nil: who waits comes by the step alone), days (on which
-- `suggest` ran, beside those of the rows).
-- -> { [row] = true }, the rows that wait, { [monday] = new lines of that week }
function queue.lines(rows, rules, last)
  local state = { waiting = {}, lines = {}, admitted = {}, new = {}, room = 0 }
  local days, made = days_of(rows, rules.days)
  for _, day in ipairs(days) do
    if day <= last then live_day(state, made[day], rules, day) end
  end
  local waiting = {}
  for _, row in ipairs(state.waiting) do
    if not row.ended_on then waiting[#waiting + 1] = row end
  end
  return state.admitted, waiting, state.new
end

return queue
