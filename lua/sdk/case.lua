-- case: what people recorded for one pupil, in order, as steps see it.
--
-- Each entry is { step =, on =, outcome =, … } as it was recorded. Without the
-- grant "cases" every question raises, so that "nothing was tried" is never
-- said because nobody looked.
--
--   case:entries(step)   the entries of a step (all, without a name)
--   case:last(step)      the latest of them, or nil
--   case:tried(outcomes) the entries with one of these outcomes
--   case:running(step)   those without an outcome that nothing has ended or replaced
--   case:outcome_of(entry)  the entry that holds what came of it, or nil

local check = require "check"
local core = require "core"

local cases = {}

local methods = {}
local case_mark = { __index = methods }

local function entries_of(case)
  if not case.list then
    local ok, list = pcall(cases.read, case.pupil)
    if not ok then error((list:gsub("^sdk/case%.lua:%d+: ", "")), 3) end -- the line that asked
    case.list = list
  end
  return case.list
end

function cases.read(pupil) return pupil.case or {} end

function methods.entries(case, step)
  if step ~= nil and type(step) ~= "string" or type(case) ~= "table" then
    check.arguments("case:entries", case, step)
  end
  local found = {}
  for _, entry in ipairs(entries_of(case)) do
    if not step or entry.step == step then found[#found + 1] = entry end
  end
  return found
end

function methods.last(case, step)
  if step ~= nil and type(step) ~= "string" or type(case) ~= "table" then
    check.arguments("case:last", case, step)
  end
  local found = methods.entries(case, step)
  return found[#found]
end

function methods.tried(case, outcomes)
  if type(outcomes) ~= "table" or type(case) ~= "table" then check.arguments("case:tried", case, outcomes) end
  local list, wanted, found = entries_of(case), {}, {}
  if #list == 0 then return found end
  for _, outcome in ipairs(outcomes) do wanted[outcome] = true end
  for _, entry in ipairs(list) do
    if entry.outcome and wanted[entry.outcome] then found[#found + 1] = entry end
  end
  return found
end

-- The parent that an entry is for: the contact's id, or the name of one who is no contact.
local function parent_of(entry)
  local id, name = (entry.contacts or {}).parent, (entry.fields or {}).parent
  return id or type(name) == "string" and core.fold(name) or 0
end

-- What an outcome ends that is of no entry: of the same parent, or where one names none.
local function end_all(latest, parent)
  for key, each in next, latest do
    local other = parent_of(each)
    if parent == 0 or other == 0 or other == parent then latest[key] = nil end
  end
end

-- What an entry is told apart by; one that stands alone by itself.
local function key_for(entry) return entry.apart and entry or parent_of(entry) end

-- An outcome ends the entry that it is of, or the version after that; one that is of none
-- (from before Waymark) ends those of its step and parent. A new entry takes the place of the one before
-- it, of the same parent where it is for one; what stands alone (a penalty notice) takes
-- nobody's place. An attempt changes nothing.
function methods.running(case, step)
  if type(step) ~= "string" or type(case) ~= "table" then check.arguments("case:running", case, step) end
  local latest, key_of = {}, {}
  for _, entry in ipairs(entries_of(case)) do
    if entry.step == step and entry.kind == "recorded" and not entry.attempt then
      local key = key_for(entry)
      if entry.outcome and not entry.of and not entry.apart then end_all(latest, parent_of(entry)) end
      if entry.outcome and entry.of then key = key_of[entry.of] or key end
      latest[key] = not entry.outcome and entry or nil
      if entry.id then key_of[entry.id] = key end
    end
  end
  local found = {}
  for _, entry in ipairs(entries_of(case)) do
    if latest[key_for(entry)] == entry then found[#found + 1] = entry end
  end
  return found
end

function methods.outcome_of(case, entry)
  if type(entry) ~= "table" or type(case) ~= "table" then check.arguments("case:outcome_of", case, entry) end
  local found
  for _, each in ipairs(entries_of(case)) do
    if entry.id and each.of == entry.id and each.outcome then found = each end
  end
  return found
end

-- The case of a pupil, read when it is first asked for.
function cases.of(pupil) return setmetatable({ pupil = pupil }, case_mark) end

return cases
