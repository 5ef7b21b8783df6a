-- case: what people recorded for one pupil, in order, as steps see it.
--
-- Each entry is { step =, on =, outcome =, … } as it was recorded. Without the
-- grant "cases" every question raises, so that "nothing was tried" is never
-- said because nobody looked.
--
--   case:entries(step)   the entries of a step (all, without a name)
--   case:last(step)      the latest of them, or nil
--   case:tried(outcomes) the entries with one of these outcomes
--   case:runs(step)      what of it was begun, each with what came of it (entries.lua)
--   case:running(step)   those without an outcome that nothing has ended or replaced
--   case:outcome_of(entry)  the entry that holds what came of it, or nil

local check = require "check"
local entries = require "entries"

local cases = {}

local methods = {}
local case_mark = { __index = methods, __metatable = false }

-- Every entry of a case, in order; not a copy.
function cases.list(case)
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
  for _, entry in ipairs(cases.list(case)) do
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
  local list, wanted, found = cases.list(case), {}, {}
  if #list == 0 then return found end
  for _, outcome in ipairs(outcomes) do wanted[outcome] = true end
  for _, entry in ipairs(list) do
    if entry.outcome and wanted[entry.outcome] then found[#found + 1] = entry end
  end
  return found
end

function methods.runs(case, step)
  if type(step) ~= "string" or type(case) ~= "table" then check.arguments("case:runs", case, step) end
  return entries.runs(cases.list(case), step)
end

function methods.running(case, step)
  if type(step) ~= "string" or type(case) ~= "table" then check.arguments("case:running", case, step) end
  return entries.running(cases.list(case), step)
end

function methods.outcome_of(case, entry)
  if type(entry) ~= "table" or type(case) ~= "table" then check.arguments("case:outcome_of", case, entry) end
  return entries.outcome_of(cases.list(case), entry)
end

-- The case of a pupil, read when it is first asked for.
function cases.of(pupil) return setmetatable({ pupil = pupil }, case_mark) end

return cases
