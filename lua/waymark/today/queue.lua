-- today/queue: which suggestions become lines of the list, when a road map allows
-- so many new lines a week. Pure: the same rows give the same lines on any day.
--
-- A line is a child. A week runs from Monday to Sunday, and its room opens day by
-- day, a fifth each school day: what comes on a Monday leaves room for the calls of
-- the days after it. The room says by how much the list may grow; who is on it goes by
-- this order: calls; the greater need; who is on it already; who has waited for
-- `patience` weeks, the longest first; the earliest step of the road map; the older
-- concern. A further suggestion for a child who has a line joins it and takes no room.
--   1. A call (nobody knows yet why a child is away) never waits; it takes room.
--   2. Nobody waits while a child with less need has a line, calls aside: the two change places.
--   3. Where no need is told apart, a line stays one until its suggestions end.
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

-- Who has something open on a day: { enrolment, rows, first = the row to begin with, since = the day on
-- which the oldest was made, is_line = one of the rows was a line before }.
local function children_on(state, day)
  local children, by_enrolment, open = {}, {}, {}
  for _, row in ipairs(state.open) do
    if is_open(row, day) then
      open[#open + 1] = row
      local child = by_enrolment[row.enrolment]
      if not child then
        child = { enrolment = row.enrolment, rows = {}, first = row, since = row.made_on, is_line = false }
        by_enrolment[row.enrolment], children[#children + 1] = child, child
      end
      table.insert(child.rows, row)
      child.is_line = child.is_line or state.admitted[row] == true
      if queue.earlier(row, child.first) then child.first = row end
      if row.made_on < child.since then child.since = row.made_on end
    end
  end
  state.open = open
  return children
end

-- Put a child where it stands among the first of the children, of whom there are at most `size`.
local function place_child(first, child, size, is_before)
  local low, high = 1, #first
  if high == size and (size == 0 or not is_before(child, first[size])) then return end
  while low <= high do
    local middle = (low + high) // 2
    if is_before(child, first[middle]) then high = middle - 1 else low = middle + 1 end
  end
  table.insert(first, low, child)
  first[size + 1] = nil
end

-- The first children in the order of a day, so many of them. Without patience the later steps of the road map would
-- never have their turn in a school with many new absences where no need is told apart.
local function first_children(children, rules, day, size)
  local since, first = rules.patience and date.add(day, -7 * rules.patience) or "", {}
  local function is_before(a, b)
    if a.first.call ~= b.first.call then return a.first.call == true end
    if a.need ~= b.need then return a.need > b.need end
    if a.is_line ~= b.is_line then return a.is_line end
    if a.waits ~= b.waits then return a.waits < b.waits end
    return queue.earlier(a.first, b.first)
  end
  for _, child in ipairs(children) do
    child.need = rules.need and rules.need(child.enrolment, day) or 0
    child.waits = child.since <= since and child.since or "a later day"
    place_child(first, child, size, is_before)
  end
  return first
end

-- The lines of a day on which the list may grow by `room`, beside the calls that are new.
local function live_day(state, rules, day, room)
  local children, size, kept = children_on(state, day), 0, 0
  for _, child in ipairs(children) do
    if child.is_line then
      kept = kept + 1
    elseif child.first.call then
      size, room = size + 1, room - 1
    end
  end
  size = math.min(#children, size + kept + math.max(0, room))
  if size < #children then children = first_children(children, rules, day, size) end
  state.admitted = {}
  for _, child in ipairs(children) do
    for _, row in ipairs(child.rows) do state.admitted[row] = true end
  end
  return size - kept
end

-- The rows that are lines on a day. rules: most (new lines a week; nil: no limit), need (a function of
-- enrolment and day that gives a number; nil: all alike), patience (weeks; nil: among those alike the step
-- alone decides), days (on which `suggest` ran, beside those of the rows).
-- -> { [row] = true }, the rows that wait, { [monday] = new lines of that week }
function queue.lines(rows, rules, last)
  local state, new, latest = { open = {}, admitted = {} }, {}, nil
  local days, made = days_of(rows, rules.days)
  for _, day in ipairs(days) do
    if day <= last then
      latest = day
      table.move(made[day], 1, #made[day], #state.open + 1, state.open)
      local week = date.monday(day)
      local by_now = rules.most and math.ceil(rules.most * math.min(date.weekday(day), 5) / 5) -- of a week's lines
        or math.huge
      local more = live_day(state, rules, day, by_now - (new[week] or 0))
      new[week] = more > 0 and (new[week] or 0) + more or new[week]
    end
  end
  if latest ~= last then live_day(state, rules, last, 0) end -- needs may have changed since
  local waiting = {}
  for _, row in ipairs(state.open) do
    if not state.admitted[row] and not row.ended_on then waiting[#waiting + 1] = row end
  end
  return state.admitted, waiting, new
end

return queue
