-- base/problem: how the host's Lua says that something could not be done.
--
-- The host's own functions raise a problem: { what, todo, where, line }, with the plugin and the
-- verdict of one that could not be used, and `machine` where the same may go well another time: a
-- full disk, a workspace that is in use or damaged, no memory. What it is about is in its fields; its text, "where,
-- line 3: what; todo", is made where it is shown: by tostring, or as `message`. The command line
-- prints it as one line and ends with status 1. Anything else that is raised is our own bug.
--
-- Bindings answer nil and a text, and `true` after it where it was the machine; the readers of
-- templates and pages, and what the library gives to others, nil and a problem. problem.check
-- raises either.

local core = require "waymark.core"

local problem = {}

local mark = core.problem -- bindings raise problems, too: of a damaged record, a disk that fails

local function text_of(raised)
  local what, todo = rawget(raised, "what"), rawget(raised, "todo")
  local where, line = rawget(raised, "where"), rawget(raised, "line")
  if where then what = line and ("%s, line %d: %s"):format(where, line, what) or ("%s: %s"):format(where, what) end
  return todo and ("%s; %s"):format(what, todo) or what
end

mark.__tostring = text_of
function mark.__index(raised, name) return name == "message" and text_of(raised) or nil end

function problem.is(value) return getmetatable(value) == mark end

-- A problem of its fields.
function problem.new(fields) return setmetatable(fields, mark) end

-- What a sentence says, and after the first semicolon what to do. This is the form in which a
-- binding and a format of problem.of give the two; nobody else takes it apart.
local function parts(sentence)
  local at = sentence:find("; ", 1, true)
  if not at then return sentence, nil end
  return sentence:sub(1, at - 1), sentence:sub(at + 2)
end

-- The problem of a format: "%s is no folder; give the folder into which the files are put". What
-- is filled in is not looked at: only the format's own semicolon divides it.
function problem.of(format, ...)
  local what, todo = parts(format)
  if select("#", ...) > 0 then
    local _, n = what:gsub("%%%%", ""):gsub("%%", "")
    what, todo = what:format(...), todo and todo:format(select(n + 1, ...))
  end
  return problem.new { what = what, todo = todo }
end

function problem.raise(format, ...) error(problem.of(format, ...), 0) end

-- The same about a file: `where` is its path, or a name for it.
function problem.at(where, line, format, ...)
  local found = problem.of(format, ...)
  found.where, found.line = where, line
  return found
end

-- Raise why a school has no road map: its plugins cannot be used, or it uses none.
function problem.no_road_map(map)
  problem.check(not map.broken or nil, map.broken)
  problem.raise "no plugin in use has a road map; add one of `waymark plugin list` to waymark.lua, with use"
end

-- Raise what came of a plugin that could not be used: { plugin, verdict, reason, … };
-- whoever can go on without it may.
function problem.raise_plugin(fields) error(problem.new(fields), 0) end

-- value, or raise what came in place of it (nil): a problem, or the text of one (and `machine`).
function problem.check(value, ...)
  if value ~= nil then return value, ... end
  local message, machine = ...
  if problem.is(message) then error(message, 0) end
  local what, todo = parts(tostring(message))
  error(problem.new { what = what, todo = todo, machine = machine == true or nil }, 0)
end

-- The function `work` whose errors are problems: for what a person asked for, in their own words.
function problem.guarded(work)
  return function(...)
    local ok, result = pcall(work, ...)
    if ok then return result end
    if problem.is(result) then error(result, 0) end
    problem.raise("%s", tostring(result))
  end
end

return problem
