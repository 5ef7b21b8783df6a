-- base/problem: how the host's Lua says that something could not be done.
--
-- A library function answers nil and a message. A command that cannot go on
-- raises a problem, a table { message = }; the command line prints it as one
-- line and ends with status 1. Anything else that is raised is our own bug.

local problem = {}

local mark = {}

function problem.is(value) return getmetatable(value) == mark end

-- Raise with a message: what, where, and after a semicolon what to do.
function problem.raise(format, ...)
  local message = select("#", ...) > 0 and format:format(...) or format
  error(setmetatable({ message = message }, mark), 0)
end

-- Raise why a school has no road map: its plugins cannot be used, or it uses none.
function problem.no_road_map(map)
  problem.raise("%s", map.broken or 'no plugin in use has a road map; add use "essex" to waymark.lua')
end

-- Raise what came of a plugin that could not be used: { plugin, verdict, message };
-- whoever can go on without it may.
function problem.raise_plugin(what) error(setmetatable(what, mark), 0) end

-- value, or raise the message that came in place of it (nil).
function problem.check(value, message, ...)
  if value == nil then problem.raise("%s", tostring(message)) end
  return value, message, ...
end

-- The function `work` whose errors are problems: for what a person asked for, in their own words.
function problem.guarded(work)
  return function(...)
    local ok, result = pcall(work, ...)
    if ok then return result end
    problem.raise("%s", problem.is(result) and result.message or tostring(result))
  end
end

return problem
