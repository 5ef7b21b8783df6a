-- waymark: the library. The same from stock Lua and inside the program:
--
--   local waymark = require "waymark"
--   local w = waymark.open "oakfield"
--   for p in w:pupils { year = 9, as_of = "2026-03-20" } do
--     if p:persistent() then print(p.upn, p.name, p:rate()) end
--   end
--   for row in w:sql "SELECT code, sum(marks) FROM mark_count GROUP BY code" do print(row[1], row[2]) end
--
-- A workspace is opened for reading only: what would change it is refused (core/host/lua_store.h).
-- `w.plugins.england.national` and the like are the rules that the plugins in use declare.

local core = require "waymark.core"
local problem = require "waymark.base.problem"
local workspace = require "waymark.workspace"

core.sdk "evidence" -- the words join the methods of evidence

local waymark = {}

local methods = {}

-- The rules of each plugin by name, "-" also as "_".
local function rules_by_plugin(space)
  local by_plugin = {}
  for _, rule in ipairs(space.rules) do
    local own = by_plugin[rule.plugin] or {}
    by_plugin[rule.plugin] = own
    own[rule.name] = rule.value
    own[rule.name:gsub("-", "_")] = rule.value
  end
  return by_plugin
end

local function raise_text(level, ok, ...)
  if ok then return ... end
  local message = ...
  if problem.is(message) then error(tostring(message), level) end
  error(message, 0)
end

-- Problems become ordinary error messages for whoever uses the library.
local function guarded(work, level) return function(...) return raise_text(level or 3, pcall(work, ...)) end end

methods.pupils = guarded(function(self, filter) return self.space:pupils(filter) end)

-- Iterate the rows of a SELECT: each a list of cells, with `columns` by number.
methods.sql = guarded(function(self, query)
  local columns, next_row = self.space.store:query(query)
  problem.check(columns, next_row)
  return next_row, columns
end)

function methods.close(self) self.space:close() end

-- Open the workspace in a folder. `now` (seconds) may be given in place of the
-- machine's clock.
waymark.open = guarded(function(folder, now)
  local space = workspace.open(folder or ".", "read", now):load_plugins()
  return setmetatable({ space = space, plugins = rules_by_plugin(space) }, { __index = methods })
end, 0)

-- The globals of `waymark -e`, `run` and `repl`.
function waymark.environment(opened)
  local env = { pupils = function(filter) return opened:pupils(filter) end,
    sql = function(query) return opened:sql(query) end,
    date = core.date }
  local rule = core.rule
  for _, kind in ipairs(rule.kinds) do env[kind] = rule[kind] end
  for name, rules in next, opened.plugins do env[name:gsub("-", "_")] = rules end
  return setmetatable(env, { __index = _G })
end

return waymark
