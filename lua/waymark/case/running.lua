-- case/running: which of the recorded entries still stand: the latest of each step, and
-- those that run: recorded without an outcome, and not ended or replaced since.
--
-- What is recorded is told apart by pupil, step and, where it is for one parent, that
-- parent: by the contact's id, or the name of one who is no contact. A later entry takes
-- the place of the one before it:
--   1. an outcome with body.of ends the entry of that number, or the version after it;
--      one without (from before Waymark, or of a step that has no versions) ends those of
--      the pupil's of that step that are for the same parent, or where one names none;
--   2. a new version, or a new entry for the same parent, takes the place of the former;
--   3. what stands alone (body.apart: a penalty notice) takes nobody's place, and ends only
--      what its body.of names;
--   4. an attempt (no answer, rearranged) changes nothing, nor does what was struck out.
-- Entries are those of cases.entries, in the order of their days.

local core = require "waymark.core"

local running = {}

local function counts(entry)
  return entry.kind == "recorded" and entry.step ~= nil and not entry.struck and entry.body ~= nil
    and not entry.body.attempt
end

local function parent_of(entry)
  local id, name = (entry.body.contacts or {}).parent, (entry.body.fields or {}).parent
  return id or type(name) == "string" and core.fold(name) or ""
end

local function key_of(entry)
  if entry.body.apart then return entry.id end
  return ("%d %s %s"):format(entry.pupil, entry.step, parent_of(entry))
end

-- The key under which an outcome's entry stands: its parent is that of what it ends.
local function outcome_key(entry, keys) return entry.body.of and keys[entry.body.of] or key_of(entry) end

local function end_all(latest, entry)
  local parent = parent_of(entry)
  for key, each in next, latest do
    local is_same = each.pupil == entry.pupil and each.step == entry.step
    local other = parent_of(each)
    if is_same and (parent == "" or other == "" or other == parent) and not each.body.outcome then latest[key] = nil end
  end
end

-- Every latest entry in order: those with an outcome too.
function running.latest(entries)
  local latest, keys = {}, {}
  for _, entry in ipairs(entries) do
    if counts(entry) then
      if entry.body.outcome and not entry.body.of and not entry.body.apart then end_all(latest, entry) end
      local key = entry.body.outcome and outcome_key(entry, keys) or key_of(entry)
      latest[key], keys[entry.id] = entry, key
    end
  end
  local list = {}
  for _, entry in next, latest do list[#list + 1] = entry end
  table.sort(list, function(a, b)
    if a.on ~= b.on then return a.on < b.on end
    return a.id < b.id
  end)
  return list
end

-- Those that run, in order.
function running.of(entries)
  local list = {}
  for _, entry in ipairs(running.latest(entries)) do
    if not entry.body.outcome then list[#list + 1] = entry end
  end
  return list
end

return running
