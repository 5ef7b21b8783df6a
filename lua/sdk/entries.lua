-- entries: what the entries of a case say together. One file for plugins and for the host, so
-- that both have one answer.
--
--   entries.runs(list, step)      what was begun, each with what came of it, and stands:
--                                 { { entry, outcome, outcomes, parent, contact }, … }, of all
--                                 steps without a name
--   entries.latest(list, step)    of these the latest entry of each, which is its outcome if it
--                                 has one; and what goes on beside its entry (6)
--   entries.running(list, step)   the entries of those without an outcome: what goes on
--   entries.outcome_of(list, entry)   the entry that holds what came of it, or nil
--   entries.as_moved(list, entry) the entry with what attempts said of it since: a meeting that was moved is on its new
--                                 day; of the fields that the entry has, as a copy where there are any
--   entries.by_id(list, id)
--   entries.same_parent(a, b)     whether two are for the same parent; nil when one names none
--   entries.begins(entry)         whether an entry with an outcome begins what it ends
--   entries.is_apart(step)        whether each entry of a step stands alone
--   entries.complete(list, steps) adds what the road map says of each entry's step: `principle`,
--                                 `apart`, `support`: that support was offered or given, and
--                                 `refused`: that it was not taken up, or did not work, and
--                                 `goes_on`: that the plan goes on after its outcome, `described`:
--                                 that what was offered or agreed is written down
--
-- An entry is flat, as api/case declares it; a list has them in the order of their days,
-- without what was struck out. The host's has many pupils', each with `pupil`.
--
-- A run is what was begun (`entry`: its latest version) and its latest `outcome`; `outcomes` has
-- all of them in order; `parent` and `contact` are the name and the number of the parent that it
-- is for. Of an outcome that nothing was begun for there is no `entry`. Runs are told apart by
-- pupil, step and, where one is for one parent, that parent: by the number of the contact, and
-- where one of the two has none by the name.
--   1. An outcome with `of` belongs to the run of that entry, whatever its version, and to nothing
--      when that was struck out.
--   2. One without (from before Waymark, or of a step that has no versions) belongs to what runs of
--      that step for the same parent, or where one names none: a family's outcome ends the notice of
--      each. When nothing runs, it is one more outcome of the latest run of that parent; when there
--      is none, it stands for itself.
--   3. A new version, or a new entry for the same parent, takes the place of the former.
--   4. What stands alone (`apart`: a penalty notice) takes nobody's place, and an outcome without
--      `of` is that of the parent's latest that runs; without a parent, of the one that runs, if
--      no other does. One that says more than for which parent it is begins a run, and ends it.
--   5. An attempt (no answer, rearranged) changes nothing.
--   6. What goes on after its outcome (`goes_on`: support was agreed) is a version of a plan like one
--      without; where it took over nothing (from before Waymark, or before a plan went on), it
--      stands beside what was begun, as `agreed`.
--   7. What was added to a run (`adds`: the parent was told) belongs to it, and changes nothing.

local core = require "core"

local entries = {}

function entries.by_id(list, id)
  for _, entry in ipairs(list) do
    if entry.id == id then return entry end
  end
end

-- Parents -----------------------------------------------------------------------------

-- The number of the contact and the folded name, nil each when it is not said.
local function parent_of(entry)
  local id, name = (entry.contacts or {}).parent, (entry.fields or {}).parent
  if type(id) == "table" then id = id[1] end
  return id, type(name) == "string" and core.fold(name) or nil
end

function entries.same_parent(a, b)
  local id, name = parent_of(a)
  local other_id, other_name = parent_of(b)
  if not (id or name) or not (other_id or other_name) then return nil end
  if id and other_id then return id == other_id end
  return name ~= nil and name == other_name
end

local function names_parent(entry)
  local id, name = parent_of(entry)
  return (id or name) ~= nil
end

-- Whether two have the same parent, or neither has one.
local function are_alike(a, b)
  local is_same = entries.same_parent(a, b)
  if is_same ~= nil then return is_same end
  return not names_parent(a) and not names_parent(b)
end

-- Runs ----------------------------------------------------------------------------------

function entries.is_apart(step) return step.further and not step.plan or false end

function entries.begins(entry)
  if not entry.apart or not entry.outcome or entry.of then return false end
  for name in next, entry.fields or {} do
    if name ~= "parent" then return true end
  end
  return false
end

local function first_of(run) return run.entry or run.outcomes[1] end

-- The runs of a group (a pupil's of one step) that an outcome without `of` belongs to.
local function ended_by(group, outcome)
  local found, latest = {}, nil
  if entries.begins(outcome) then return found end
  for _, run in ipairs(group) do
    local is_same = entries.same_parent(first_of(run), outcome)
    if is_same ~= false and not run.outcome then found[#found + 1] = run end
    if are_alike(first_of(run), outcome) then latest = run end
  end
  if #found == 0 then return { latest } end
  if not outcome.apart then return found end
  return (#found == 1 or names_parent(outcome)) and { found[#found] } or {}
end

local function add_run(group, entry)
  local fields, contacts = entry.fields or {}, entry.contacts or {}
  local run = { parent = type(fields.parent) == "string" and fields.parent or nil,
    contact = math.type(contacts.parent) and contacts.parent or nil, outcomes = {} }
  group[#group + 1] = run
  return run
end

local function take_outcome(group, by_id, entry)
  local ended = entry.of and { by_id[entry.of] } or ended_by(group, entry)
  if #ended == 0 and entry.of then return end
  if #ended == 0 then
    ended[1] = add_run(group, entry)
    ended[1].entry = entries.begins(entry) and entry or nil
  end
  for _, run in ipairs(ended) do
    run.outcome = entry
    run.outcomes[#run.outcomes + 1] = entry
  end
  if entry.id then by_id[entry.id] = ended[1] end
end

-- The run that an entry belongs to, and whose entry stays the one that it has.
local function added_to(group, by_id, entry)
  if entry.adds or entry.goes_on and entry.of then return by_id[entry.of] end
  if not entry.goes_on or entry.version then return nil end
  for i = #group, 1, -1 do
    if not group[i].outcome and entries.same_parent(first_of(group[i]), entry) ~= false then return group[i] end
  end
end

local function take_entry(group, by_id, entry)
  local run = added_to(group, by_id, entry)
  if run or entry.adds then
    if entry.id then by_id[entry.id] = run end
    if run and entry.goes_on then run.agreed = entry end
    return
  end
  run = by_id[entry.of or entry.replaces]
  if entry.of and not run then return end
  if not run or run.outcome or run.is_replaced then
    for i = #group, 1, -1 do
      local is_former = not entry.apart and are_alike(first_of(group[i]), entry)
      if is_former then table.remove(group, i).is_replaced = true end
    end
    run = add_run(group, entry)
  end
  if not run.entry or not entry.apart then run.entry = entry end
  if entry.id then by_id[entry.id] = run end
end

-- -> the groups, and the run of each entry by its number
local function pair(list, step)
  local groups, by_id = {}, {}
  for _, entry in ipairs(list) do
    if entry.kind == "recorded" and entry.step and (not step or entry.step == step) and not entry.attempt then
      local key = ("%s %s"):format(entry.pupil, entry.step)
      groups[key] = groups[key] or {}
      local take = entry.outcome and not entry.goes_on and take_outcome or take_entry
      take(groups[key], by_id, entry)
    end
  end
  return groups, by_id
end

-- In the order of their latest entries.
function entries.runs(list, step)
  local of_latest, found = {}, {}
  for _, group in next, (pair(list, step)) do
    for _, run in ipairs(group) do
      local latest = run.outcome or run.entry
      of_latest[latest] = of_latest[latest] or {}
      table.insert(of_latest[latest], run)
    end
  end
  for _, entry in ipairs(list) do
    for _, run in ipairs(of_latest[entry] or {}) do found[#found + 1] = run end
  end
  return found
end

function entries.latest(list, step)
  local found = {}
  for _, run in ipairs(entries.runs(list, step)) do
    local latest = run.outcome or run.entry
    if latest ~= found[#found] then found[#found + 1] = latest end
    if not run.outcome then found[#found + 1] = run.agreed end
  end
  return found
end

function entries.running(list, step)
  local found = {}
  for _, run in ipairs(entries.runs(list, step)) do
    if not run.outcome then found[#found + 1] = run.entry end
  end
  return found
end

function entries.outcome_of(list, entry)
  local _, by_id = pair(list, entry.step)
  local run = by_id[entry.id]
  return run and run.outcome ~= entry and run.outcome or nil
end

function entries.as_moved(list, entry)
  local moved
  for _, each in ipairs(list) do
    for name, value in next, each.attempt and each.of == entry.id and each.fields or {} do
      if (entry.fields or {})[name] ~= nil then
        if not moved then
          moved = { fields = {}, contacts = {} }
          for key, own in next, entry do moved[key] = moved[key] or own end
          for key, own in next, entry.fields do moved.fields[key] = own end
          for key, own in next, entry.contacts or {} do moved.contacts[key] = own end
        end
        moved.fields[name], moved.contacts[name] = value, (each.contacts or {})[name]
      end
    end
  end
  return moved or entry
end

-- What the road map says --------------------------------------------------------------

-- Support is what a step of the principle "facilitate" does, and a plan that formalises it, such
-- as an attendance contract. A conversation is none, nor is a notice that asks for improvement,
-- nor what was tried and did not happen.
local function is_support(entry, step)
  if entry.kind ~= "recorded" or entry.attempt then return nil end
  return step.principle == "facilitate" or step.principle == "formalise" and step.plan or nil
end

-- Whether a list of outcomes has that of the entry: true, or nil.
local function has_outcome(list, entry)
  for _, outcome in ipairs(list or {}) do
    if outcome == entry.outcome then return true end
  end
end

-- Whether an entry says what was offered or agreed: true, or nil.
local function is_described(entry, step)
  if (entry.note or "") ~= "" then return true end
  for _, name in ipairs(step.describes or {}) do
    local value = (entry.fields or {})[name]
    if value ~= nil and value ~= "" and (type(value) ~= "table" or #value > 0) then return true end
  end
end

-- steps: { common = { NAME = { principle, plan, apart, refused, goes_on, describes } }, schools =
-- { KEY = the same } }, the road map that each school follows: an entry is of the school that recorded it.
function entries.complete(list, steps)
  for _, entry in ipairs(list) do
    local step = ((steps.schools or {})[entry.school] or steps.common or {})[entry.step or ""]
    if step then
      entry.principle, entry.support = step.principle, is_support(entry, step)
      entry.apart, entry.refused = entry.apart or step.apart, has_outcome(step.refused, entry)
      entry.goes_on, entry.described = has_outcome(step.goes_on, entry), is_described(entry, step)
    end
  end
  return list
end

return entries
