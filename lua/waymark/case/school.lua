-- case/school: what a school did for all its pupils: recording it (a step whose scope is
-- the school, such as the attendance policy), and reading it.
--
-- An entry of a school is a row of `school_event` (store/case/school_events.h); its body:
-- { outcome, note, fields, review_on }. Nothing of a pupil or a family belongs there: it
-- cannot be struck out. What is wrong is put right by a later entry.
--
-- What was recorded of a step adds up: the latest value of each field counts.

local bounds = require "waymark.base.bounds"
local case_entries = require "waymark.case.entries"
local case_fields = require "waymark.case.fields"
local core = require "waymark.core"
local problem = require "waymark.base.problem"
local school_events = require "waymark.store.school_events"
local titles = require "waymark.plugin.titles"
local check = core.sdk "check"

local school_cases = {}

-- The school that is meant: { key, name }. Raises when it must be named.
function school_cases.school(space, text)
  local schools = space:schools()
  if not text and #schools == 1 then return schools[1] end
  local wanted, names = text and space:school_id(text), {}
  for i, school in ipairs(schools) do
    if school.id == wanted then return school end
    names[i] = school.key
  end
  if #names == 0 then problem.raise "the workspace has no school yet; put a school block into waymark.lua" end
  problem.raise("say which school, with --school: %s", table.concat(names, ", "))
end

-- The steps of a school's road map that are about the school, in order.
function school_cases.steps(space, key)
  local list, declared = {}, space:map_for_school(key).declared
  for _, step in ipairs(declared and declared.steps or {}) do
    if step.scope == "school" then list[#list + 1] = step end
  end
  return list
end

-- The entries of a school up to a day, in the order of their days. `step` is a name.
function school_cases.entries(space, key, as_of, step)
  local list = {}
  for _, entry in ipairs(school_events.list(space.store, key, as_of)) do
    for name, value in next, entry.body or {} do entry[name] = value end
    if not step or entry.step == step then list[#list + 1] = entry end
  end
  return list
end

-- The fields of a step as they stand: of each the value that was recorded last.
function school_cases.standing(entries)
  local fields = {}
  for _, entry in ipairs(entries) do
    for name, value in next, entry.fields or {} do fields[name] = value end
  end
  return fields
end

local function step_of(space, school, name)
  local names, by_name = {}, {}
  for i, step in ipairs(school_cases.steps(space, school.key)) do names[i], by_name[step.name] = step.name, step end
  local found = titles.find(name, titles.of(by_name))
  if found then return by_name[found] end
  if #names == 0 then problem.raise "the road map has no step of the school; see: waymark plugin info" end
  problem.raise('"%s" is no step of the school%s; those are: %s', name, check.did_you_mean(name, names),
    table.concat(names, ", "))
end

local function check_outcome(step, outcome)
  if not outcome then return end
  for _, each in ipairs(step.outcomes or {}) do
    if each == outcome then return end
  end
  problem.raise('the outcome "%s" is not one of: %s%s', outcome, table.concat(step.outcomes, ", "),
    check.did_you_mean(outcome, step.outcomes))
end

local done = { published = true, told = true, reviewed = true, issued = true, ["parents-checked"] = true }

-- Days of what was done, by their role, have come; those by which something is to be done, and those
-- of which nothing is known, may be to come.
local function check_days(space, step, fields)
  for _, name in ipairs(check.names(fields)) do
    local day = fields[name]
    if done[(step.records[name] or {}).role] and core.date.parse(day) and day > space:today() then
      problem.raise("%s: %s is still to come; record it when it was done", name, day)
    end
  end
end

local function no_contacts() return {} end

-- What stands and is still so beside what is given: not the day that families were told of
-- a policy that is published anew.
local function beneath(step, fields, before)
  local kept = {}
  for name, value in next, school_cases.standing(before) do
    local record = (step.records or {})[name]
    if record and not (record.not_before and fields[record.not_before]) then kept[name] = value end
  end
  return kept
end

-- What is given, with what stands beneath it: checked as a whole, kept as it was given.
local function fields_of(space, school, step, given, on)
  local read = case_fields.read(step, given.fields, no_contacts)
  check_days(space, step, read.fields)
  local whole = { fields = {}, contacts = {}, cleared = read.cleared }
  for name, value in next, read.fields do whole.fields[name] = value end
  local before = school_cases.entries(space, school.key, on, step.name)
  case_fields.take_over(whole, { fields = beneath(step, read.fields, before) }, step)
  case_fields.check(whole, step, given.outcome == nil)
  return read.fields
end

-- Record a step of the school. `given`: outcome, on, note, by, review_on, fields.
-- -> id, the step
function school_cases.record(space, school, name, given)
  case_entries.check_day(space, given)
  local step = step_of(space, school, name)
  given.outcome = given.outcome and (titles.find(given.outcome, titles.of_list(step.outcomes)) or given.outcome)
  check_outcome(step, given.outcome)
  local on = given.on or space:today()
  local body = { outcome = given.outcome, note = given.note, review_on = given.review_on,
    fields = fields_of(space, school, step, given, on) }
  if not next(body.fields) and not (given.outcome or given.note or given.review_on) then
    problem.raise("say what is to be recorded, with --set or --outcome; %s records: %s", step.title,
      table.concat(check.names(step.records or {}), ", "))
  end
  local fault = bounds.entry_fault({ on, given.by, body }, space:today())
  if fault then problem.raise("%s", fault) end
  return school_events.add(space.store, { at = space.now, on = on, school = school.key, step = step.name,
    plugin = step.plugin, version = step.version,
    digest = space:digest_of(step.plugin, space:map_for_school(school.key)), by = given.by, body = body }), step
end

return school_cases
