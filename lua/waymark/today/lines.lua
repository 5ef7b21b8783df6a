-- today/lines: one line a child: the open suggestions of those in view, calls and the
-- greatest need first, no more new ones a week than the road map allows.
--
-- `view` is that of waymark.today. Each school of it is given `waiting` (children
-- whose line waits), `new_lines` ({ [monday] = number }) and `need`, a function of an enrolment: its points on the day
-- of the list, and what they are for.

local core = require "waymark.core"
local needs = require "waymark.case.need"
local periods = require "waymark.case.periods"
local events = require "waymark.store.events"
local suggestions = require "waymark.store.suggestions"
local queue = require "waymark.today.queue"
local words = require "waymark.today.words"

core.sdk "evidence" -- gives evidence its words

local lines = {}

-- What a suggestion was made with, read when a line is made of it: most are not shown.
local function data_of(view, row)
  row.data = row.data or events.data(view.space.store, row.made)
  return row.data
end

local runs = { streak = true, longest = true }

-- What a list goes by of what a suggestion was made with: the day on which its concern began, whether it is from
-- before the school began with Waymark, and whether its first evidence is a run of half days. There are hundreds of a
-- school, so their JSON is not read whole: its names are in the order of letters, and within a text of it quotation
-- marks would be escaped.
local function brief_of(json)
  local head = json:match '^(.-)"evidence":'
  local _, at = json:find('"kind":"', #head, true)
  return head:match '"concern_on":"([%d-]+)"', head:find('"baseline":true', 1, true) ~= nil or nil,
    runs[json:match("^%l+", at + 1)]
end

-- A call: nobody knows yet why the child is away, or the road map says that such a run is rung about.
-- -> whether it is one, and the last day of a run of which the reason is known
local function is_call(view, row, is_run, lists)
  local early = row.step.principle == "listen" or row.step.principle == "monitor"
  local codes, no_reason = lists.calls or lists.no_reason, lists.no_reason or ""
  local sessions, last_known = early and codes and is_run and data_of(view, row).evidence[1].sessions or {}, nil
  for _, session in ipairs(sessions) do
    if not codes:find(session[3], 1, true) then return false end
    if not no_reason:find(session[3], 1, true) then last_known = sessions[#sessions][1] end
  end
  return #sessions > 0, last_known
end

-- Every suggestion of a school made by the day, with its place on the road map.
local function rows_of_school(view, school)
  local rows, before = {}, {}
  for each in suggestions.each_of_school(view.space.store, school.id) do
    local enrolment, name, concern, state, made, made_on, ended_on, json = table.unpack(each, 1, 8)
    local step = view.space:step(school.key, name)
    if step and made_on <= view.as_of then
      local concern_on, baseline, is_run = brief_of(json)
      local row = { enrolment = enrolment, concern = concern, step = step, place = step.place, made = made,
        made_on = made_on, lapsed = state == "lapsed", began = concern_on or made_on, concern_on = concern_on,
        ended_on = ended_on and ended_on <= view.day and ended_on or nil, baseline = baseline }
      row.call, row.last_known = is_call(view, row, is_run, school.lists)
      table.insert(row.baseline and before or rows, row)
    end
  end
  return rows, before
end

-- What did not have to wait because it was a call is none any more when the child has been back for as long as a
-- reason may take: a holiday of September is no call in January.
local function open_by_child(view, school, rows, admitted, need)
  local children, order, open, points = {}, {}, {}, {}
  for _, row in ipairs(rows) do
    if admitted[row] and not row.ended_on and view.people[row.enrolment] then
      open[#open + 1] = row
      points[row.enrolment] = points[row.enrolment] or need(row.enrolment, view.as_of)
      if row.last_known and periods.reason_by(school.lists, school.calendar, row.last_known) < view.as_of then
        row.call = false
      end
    end
  end
  table.sort(open, function(a, b)
    if a.call ~= b.call or a.enrolment == b.enrolment then return queue.earlier(a, b) end
    local a_need, b_need = points[a.enrolment], points[b.enrolment]
    if a_need ~= b_need then return a_need > b_need end
    return queue.earlier(a, b)
  end)
  for _, row in ipairs(open) do
    if not children[row.enrolment] then
      children[row.enrolment] = {}
      order[#order + 1] = row.enrolment
    end
    table.insert(children[row.enrolment], row)
  end
  return children, order
end

local function count_children(view, rows, children)
  local seen, n = {}, 0
  for _, row in ipairs(rows) do
    if not seen[row.enrolment] and not children[row.enrolment] and view.people[row.enrolment] then n = n + 1 end
    seen[row.enrolment] = true
  end
  return n
end

-- The evidence with the figures of the day looked at, when it still holds then.
local function figures_now(view, person, data)
  local first = data.evidence and data.evidence[1]
  local rule = first and view.space.rules_by_name[first.rule]
  if not rule or rule.kind ~= first.kind then return data.evidence end
  local e = person.pupil:measure(rule.value)
  if not e.met then return data.evidence end
  local sessions = {}
  for i, each in ipairs(e:sessions()) do sessions[i] = { each.date, each.session, each.code } end
  return { { kind = e.kind, words = e:describe(), sessions = sessions } }
end

-- Two functions: the need of a child of a school on a day, in points; and of an enrolment the points on the day of the
-- list with what they are for, which is asked of few. What was done since the last registers counts with that day.
local function need_in(view, school, tried)
  local known = {} -- of the day of the list: asked about for each order
  local function points_on(enrolment, day)
    local pupil, is_now = view.pupils[enrolment], day == view.as_of
    if not pupil then return 0 end
    if is_now and known[enrolment] then return known[enrolment] end
    local is_done = tried(view.rows[enrolment], is_now and view.day or day)
    local points = needs.points(school.lists, pupil, day, is_done) or 0
    if is_now then known[enrolment] = points end
    return points
  end
  return points_on, function(enrolment)
    local pupil = view.pupils[enrolment]
    if pupil then return needs.of(school.lists, pupil, view.as_of, tried(view.rows[enrolment], view.day)) end
  end
end

local function line_of(view, child)
  local first = child[1]
  local person, data = view.people[first.enrolment], data_of(view, first)
  local why = words.why(data.reason, figures_now(view, person, data), view.as_of)
  local further, seen = {}, { [first.step.name] = true }
  for _, row in ipairs(child) do
    if not seen[row.step.name] then further[#further + 1] = row.step.title end
    seen[row.step.name] = true
  end
  if data.new then why = ("%s; worse: %s"):format(why, data.new) end
  return { section = first.call and "calls" or "decisions", person = person, step = first.step,
    title = first.step.title, concern = first.concern, since = first.began, made_on = first.made_on,
    why = why, further = further, baseline = first.baseline }
end

local function admit_all(rows, admitted)
  for _, row in ipairs(rows) do admitted[row] = true end
end

-- The lines of every school. options: all (nobody waits), baseline (what was there
-- before the school began with Waymark, too).
function lines.of(view, options)
  local list, tried = {}, needs.tried(view.entries)
  for _, school in ipairs(view.schools) do
    local rows, baseline = rows_of_school(view, school)
    local need, need_for = need_in(view, school, tried)
    local admitted, waiting, new = queue.lines(rows, { most = school.lists.new_lines_a_week, need = need,
      patience = school.lists.patience_weeks, days = view.run_days }, view.as_of)
    if options.all then admit_all(waiting, admitted) end
    if options.baseline then
      admit_all(baseline, admitted)
      table.move(baseline, 1, #baseline, #rows + 1, rows)
    end
    local children, order = open_by_child(view, school, rows, admitted, need)
    school.new_lines, school.need = new, need_for
    school.waiting = options.all and 0 or count_children(view, waiting, children)
    for _, enrolment in ipairs(order) do list[#list + 1] = line_of(view, children[enrolment]) end
  end
  return list
end

return lines
