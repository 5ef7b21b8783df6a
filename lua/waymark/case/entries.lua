-- case/entries: the entries of cases in the store: reading them, and adding one with what
-- it answers. What an entry is and what it answers is said in cases.lua, which is the door
-- to all of this.

local appointments = require "waymark.case.appointments"
local bounds = require "waymark.base.bounds"
local core = require "waymark.core"
local problem = require "waymark.base.problem"
local purposes = require "waymark.plugin.purposes"
local events = require "waymark.store.events"
local pupils = require "waymark.store.pupils"
local roles = require "waymark.plugin.roles"
local suggestions = require "waymark.store.suggestions"
local words = require "waymark.base.words"
local sdk_entries = core.sdk "entries"

local case_entries = {}

case_entries.is_formal = purposes.is_formal

-- Reading ------------------------------------------------------------------------

-- The entries of a pupil (or of all), in the order of their day, flat: what was recorded beside what
-- the event says (events.entries), as plugins see it, with `principle` and `support` of their step
-- (lua/sdk/entries); `kind` is without "entry.". Those that stand; with filter.gone also what was
-- struck out, and what struck it out: these are `gone`, and say nothing but what the event does.
-- Who may read one was perhaps changed since (waymark audience): then `audience` and `readers`, ids
-- of contacts or nil, are those of the last change, and `audience_chosen` is true.
function case_entries.entries(space, filter)
  local wanted = { kind = "entry." }
  for name, value in next, filter or {} do wanted[name] = value end
  wanted.gone = nil
  local list, changes = {}, {}
  for _, event in ipairs(events.list(space.store, { kind = "audience.changed", pupil = wanted.pupil,
    known_at = wanted.known_at })) do
    changes[event.data.of] = event.data
  end
  for _, entry in ipairs(events.entries(space.store, wanted)) do
    local body, change = entry.body, changes[entry.id]
    entry.kind, entry.body, entry.gone = entry.kind:sub(7), nil, not body or nil
    for name, value in next, body or {} do entry[name] = value end
    if body and change then
      entry.audience, entry.audience_chosen, entry.readers = change.audience, true, change.readers
    end
    if body or filter and filter.gone then list[#list + 1] = entry end
  end
  return sdk_entries.complete(list, space.entry_steps and space.entry_steps() or {})
end

-- Whether what was recorded of a step (nil: of none that the road map knows) is a contact
-- with the family, or support. What the authority or a court did is none; a decision of the
-- school among itself, or a further step (lua/sdk/api/road_map), is one if it says with whom. A meeting
-- that is only arranged is none.
function case_entries.is_contact(step, body)
  if body.attempt or body.scope == "school" then return false end
  if not step then return body.with ~= nil end
  if appointments.is_only(step, body) then return false end
  if step.principle == "enforce" then return body.with ~= nil and not step.further end
  return not step.further or body.with ~= nil or roles.value(step, body, "with") ~= nil
end

local is_contact = case_entries.is_contact

local function steps_of(space, school)
  local declared = space:map_for_school(school).declared
  return declared and declared.steps_by_name or {}
end

-- For each pupil (row number): the day of the latest recorded contact by a day (known at a time, if one is given).
function case_entries.last_contacts(space, as_of, known_at)
  local last, wanted = {}, { kind = "entry.recorded", as_of = as_of, known_at = known_at }
  for _, entry in ipairs(case_entries.entries(space, wanted)) do
    if is_contact(steps_of(space, entry.school)[entry.step], entry) then last[entry.pupil] = entry.on end
  end
  return last
end

-- For each pupil: the hold that was recorded last and counts on a day, { until, ask, note, on }; by its end: one that
-- was entered while a clock was ahead, on a day to come, protects all the same.
local function last_holds(space, as_of)
  local list, holds, today = case_entries.entries(space, { kind = "entry.held" }), {}, space:today()
  table.sort(list, function(a, b) return a.id < b.id end)
  for _, entry in ipairs(list) do
    if entry.on <= as_of or entry.on > today then
      holds[entry.pupil] = { ["until"] = entry["until"], ask = entry.ask, note = entry.note, on = entry.on }
    end
  end
  return holds
end

-- For each pupil: the hold that is in force on a day.
function case_entries.holds(space, as_of)
  local holds = last_holds(space, as_of)
  for pupil, hold in next, holds do
    if hold["until"] < as_of then holds[pupil] = nil end
  end
  return holds
end

-- For each pupil: the hold that has ended in the week before a day.
function case_entries.ended_holds(space, as_of)
  local holds, week_ago = last_holds(space, as_of), core.date.add(as_of, -7)
  for pupil, hold in next, holds do
    if hold["until"] >= as_of or hold["until"] < week_ago then holds[pupil] = nil end
  end
  return holds
end

local some = 3
local day_seconds = 86400

-- That there are entries of a day to come, which were recorded while a clock was ahead and are seen nowhere until
-- then: a sentence; nil when there are none. Of everybody, or of one pupil (row number).
function case_entries.to_come(space, pupil)
  local list, parts = events.to_come(space.store, space:today(), space.now + day_seconds, pupil), {}
  if #list == 0 then return nil end
  for i = 1, math.min(#list, some) do
    local day = list[i].on > space:today() and list[i].on or list[i].at:sub(1, 10)
    parts[i] = ("entry %d of %s%s"):format(list[i].id, core.date.english(day), pupil and "" or ", " .. list[i].name)
  end
  if #list > some then parts[#parts + 1] = ("and %d more"):format(#list - some) end
  return ("%s of a day to come (%s): is the clock right? What is wrong is struck out with waymark correct"):format(
    words.count(#list, "entry is", "entries are"), table.concat(parts, "; "))
end

-- What was recorded of a step on the day of an entry before it, and may be the same thing told twice: no attempt, and
-- nothing that it belongs to or takes the place of.
function case_entries.same_of_day(entries, entry)
  local list = {}
  if entry.kind ~= "recorded" or entry.attempt or entry.of or entry.replaces then return list end
  for _, each in ipairs(entries) do
    local is_same = each.kind == "recorded" and each.step == entry.step and each.on == entry.on
      and sdk_entries.same_parent(each, entry) ~= false
    if is_same and each.id < entry.id and not each.attempt then list[#list + 1] = each end
  end
  return list
end

-- What an entry answers ------------------------------------------------------------

local function concern_began(row)
  local data = row.data
  return type(data) == "table" and data.concern_on or nil
end

local function is_answered(row, entry, steps)
  local began = concern_began(row)
  if row.made_on > entry.on and not (began and began <= entry.on) then return false end
  return row.step == entry.step or (entry.is_contact and not case_entries.is_formal(steps[row.step]))
end

local may_answer = { open = true, answered = true }

-- The keys { enrolment, step, concern } of the suggestions that an entry { step, on,
-- attempt, is_appointment, is_contact } of a pupil answers: the open ones, which it ends (their number
-- comes second), and those that an earlier entry ended, should that one be struck out.
local function answers_of(space, pupil, entry, steps)
  local answers, ended = core.array {}, 0
  if entry.attempt or entry.is_appointment then return answers, ended end
  for _, stay in ipairs(pupils.stays(space.store, pupil.pupil)) do
    for _, row in ipairs(suggestions.list(space.store, stay)) do
      if may_answer[row.state] and is_answered(row, entry, steps) then
        answers[#answers + 1] = core.array { row.enrolment, row.step, row.concern }
        if row.state == "open" then ended = ended + 1 end
      end
    end
  end
  return answers, ended
end

-- Adding ----------------------------------------------------------------------------

-- Days that cannot be in this order are a slip of the pen.
local function check_order(first, last, what)
  if first and last and last < first then problem.raise("%s: %s comes before %s", what, last, first) end
end

function case_entries.check_day(space, given)
  check_order(given.on or space:today(), given.review_on, "the review")
  if given.on and given.on > space:today() then
    problem.raise("%s is still to come; record what was done, on the day it was done", given.on)
  end
end

-- The event of an entry, without what it holds.
function case_entries.event(space, pupil, kind, given, step)
  return { kind = "entry." .. kind, at = space.now, on = given.on or space:today(), enrolment = pupil.enrolment,
    by = given.by, step = step and step.name, plugin = step and step.plugin, version = step and step.version,
    digest = step and space:digest_of(step.plugin, space:map_for_school(pupil.school)) }
end

-- Add an entry; with `answering` it ends what it answers, as its kind says. -> id, how many ended
function case_entries.add(space, pupil, event, body, answering, steps)
  local fault = bounds.entry_fault({ event.on, event.by, body }, space:today())
  if fault then problem.raise("%s", fault) end
  local step, dated = (steps or {})[event.step], setmetatable({ on = event.on }, { __index = body })
  local is_recorded = event.kind == "entry.recorded"
  local entry = { step = event.step, on = event.on, attempt = body.attempt,
    is_appointment = is_recorded and appointments.is_only(step, dated),
    is_contact = is_recorded and is_contact(step, dated) }
  local answers, ended = core.array {}, 0
  if answering then answers, ended = answers_of(space, pupil, entry, steps) end
  event.data, event.body = { answers = answers }, body
  return problem.check(space.store:add_entry(event)), ended
end

return case_entries
