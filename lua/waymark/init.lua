-- waymark: the library. The same from stock Lua and inside the program:
--
--   local waymark = require "waymark"
--   local w = assert(waymark.open "oakfield")
--   for p in assert(w:pupils { year = 9, as_of = "2026-03-20" }) do
--     if p:persistent() then print(p.upn, p.name, p:rate()) end
--   end
--   for row in w:sql "SELECT code, sum(marks) FROM mark_count GROUP BY code" do print(row[1], row[2]) end
--
-- What cannot be done answers nil and the problem: { what, todo, where }, whose text tostring
-- makes. Rules that cannot be declared, and pupils and rows that cannot be read on, raise it.
-- A workspace is opened for reading only: what would change it is refused (core/host/lua_store.h).
-- `w.plugins.england.national` and the like are the rules that the plugins in use declare.

local core = require "waymark.core"
local problem = require "waymark.base.problem"
local workspace = require "waymark.workspace"

local waymark = {}

local methods = {}

-- The function `work` which answers nil and a problem in place of raising it.
local function answering(work)
  local function answer(ok, ...)
    if ok then return ... end
    local raised = ...
    if not problem.is(raised) then error(raised, 0) end
    return nil, raised
  end
  return function(...) return answer(pcall(work, ...)) end
end

-- To read what the plugins in use declare costs more than many a question, so it waits for the first
-- that needs it.
local function load_plugins(space)
  core.sdk "evidence" -- the words join the methods of evidence
  return space:load_plugins()
end

methods.pupils = answering(function(self, filter)
  load_plugins(self.space)
  return self.space:pupils(filter)
end)

-- Iterate the rows of a SELECT: each a list of cells, with `columns` by number.
methods.sql = answering(function(self, query)
  local columns, next_row = self.space.store:query(query)
  problem.check(columns, next_row)
  return next_row, columns
end)

function methods.close(self) self.space:close() end

-- The rules of each plugin by name, "-" also as "_"; the table is filled when it is looked at.
local function rules_by_plugin(space)
  local function fill(by_plugin)
    local rules = load_plugins(space).rules
    setmetatable(by_plugin, nil)
    for _, rule in ipairs(rules) do
      local own = by_plugin[rule.plugin] or {}
      by_plugin[rule.plugin] = own
      own[rule.name] = rule.value
      own[rule.name:gsub("-", "_")] = rule.value
    end
    return by_plugin
  end
  return setmetatable({}, { __index = function(self, name) return fill(self)[name] end,
    __pairs = function(self) return next, fill(self) end })
end

-- Open the workspace in a folder. `now` (seconds) may be given in place of the
-- machine's clock.
waymark.open = answering(function(folder, now)
  local space = workspace.open(folder or ".", "read", now)
  return setmetatable({ space = space, plugins = rules_by_plugin(space) }, { __index = methods })
end)

-- The globals of `waymark -e`, `run` and `repl`. The plugins' are there from the first name on that is
-- no other, or `at_once`.
function waymark.environment(opened, at_once)
  local env = { pupils = function(filter)
      local found, why = opened:pupils(filter)
      return found or error(tostring(why), 2)
    end,
    sql = function(query)
      local next_row, columns = opened:sql(query)
      return next_row or error(tostring(columns), 2), columns
    end,
    date = core.date }
  local rule = core.rule
  for _, kind in ipairs(rule.kinds) do env[kind] = rule[kind] end
  local has_plugins
  local function add_plugins()
    for name, rules in pairs(opened.plugins) do
      name = name:gsub("-", "_")
      if rawget(env, name) == nil then env[name] = rules end
    end
    has_plugins = true
  end
  if at_once then add_plugins() end
  return setmetatable(env, { __index = function(_, name)
    local value = _G[name]
    if value ~= nil or has_plugins then return value end
    add_plugins()
    return rawget(env, name)
  end })
end

return waymark
