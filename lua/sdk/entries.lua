-- entries: what the entries of a case say together. One file for plugins and for the host, so
-- that both have one answer.
--
--   entries.latest(list, step)    the latest of each step and parent, those with an outcome too
--   entries.running(list, step)   of these, the ones without: what goes on; of all steps without
--                                 a name
--   entries.outcome_of(list, entry)   the entry that holds what came of it, or nil
--   entries.by_id(list, id)
--   entries.parent(entry)         the parent that it is for: the contact's number, the folded
--                                 name of one who is no contact, or nil
--   entries.complete(list, steps) adds what the road map says of each entry's step: `principle`,
--                                 and `support`: that support was offered or given
--
-- An entry is flat, as api/case declares it; a list has them in the order of their days,
-- without what was struck out. The host's has many pupils', each with `pupil`.
--
-- What is recorded is told apart by pupil, step and, where it is for one parent, that parent. A
-- later entry takes the place of the one before it:
--   1. an outcome with `of` ends the entry of that number, or the version after it; one without
--      (from before Waymark, or of a step that has no versions) ends those of the pupil's of
--      that step that are for the same parent, or where one names none;
--   2. a new version, or a new entry for the same parent, takes the place of the former;
--   3. what stands alone (`apart`: a penalty notice) takes nobody's place, and ends only what
--      its `of` names;
--   4. an attempt (no answer, rearranged) changes nothing.

local core = require "core"

local entries = {}

function entries.by_id(list, id)
  for _, entry in ipairs(list) do
    if entry.id == id then return entry end
  end
end

function entries.parent(entry)
  local id, name = (entry.contacts or {}).parent, (entry.fields or {}).parent
  if type(id) == "table" then id = id[1] end
  return id or type(name) == "string" and core.fold(name) or nil
end

-- Which stand -----------------------------------------------------------------------

local function key_of(entry)
  return entry.apart and entry or ("%s %s %s"):format(entry.pupil, entry.step, entries.parent(entry) or "")
end

local function end_all(latest, entry)
  local parent = entries.parent(entry)
  for key, each in next, latest do
    local other = entries.parent(each)
    local is_same = each.pupil == entry.pupil and each.step == entry.step
    if is_same and not each.outcome and (not parent or not other or other == parent) then latest[key] = nil end
  end
end

function entries.latest(list, step)
  local latest, keys, is_latest, found = {}, {}, {}, {}
  for _, entry in ipairs(list) do
    if entry.kind == "recorded" and entry.step and (not step or entry.step == step) and not entry.attempt then
      if entry.outcome and not entry.of and not entry.apart then end_all(latest, entry) end
      local key = entry.outcome and keys[entry.of] or key_of(entry)
      latest[key] = entry
      if entry.id then keys[entry.id] = key end
    end
  end
  for _, entry in next, latest do is_latest[entry] = true end
  for _, entry in ipairs(list) do
    if is_latest[entry] then found[#found + 1] = entry end
  end
  return found
end

function entries.running(list, step)
  local found = {}
  for _, entry in ipairs(entries.latest(list, step)) do
    if not entry.outcome then found[#found + 1] = entry end
  end
  return found
end

function entries.outcome_of(list, entry)
  local found
  for _, each in ipairs(list) do
    if entry.id and each.of == entry.id and each.outcome then found = each end
  end
  return found
end

-- What the road map says --------------------------------------------------------------

-- Support is what a step of the principle "facilitate" does, and a plan that formalises it, such
-- as an attendance contract. A conversation is none, nor is a notice that asks for improvement,
-- nor what was tried and did not happen.
local function is_support(entry, step)
  if entry.kind ~= "recorded" or entry.attempt then return nil end
  return step.principle == "facilitate" or step.principle == "formalise" and step.plan or nil
end

-- steps: { common = { NAME = { principle, plan } }, schools = { KEY = the same } }, the road map
-- that each school follows: an entry is of the school that recorded it.
function entries.complete(list, steps)
  for _, entry in ipairs(list) do
    local step = ((steps.schools or {})[entry.school] or steps.common or {})[entry.step or ""]
    if step then entry.principle, entry.support = step.principle, is_support(entry, step) end
  end
  return list
end

return entries
