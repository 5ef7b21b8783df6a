-- little_memory: the program with next to no memory for the sheets of an import, so
-- that they are written early:  lua5.4 tests/fault/little_memory.lua ARGUMENTS
-- Run by kill.lua, which sets LUA_PATH, LUA_CPATH and WAYMARK_BUILD.

local core = require "waymark.core"

local open = core.store.open

local function with_little_memory(store)
  local methods = debug.getmetatable(store).__index
  local import = methods.import
  function methods.import(self, kind, path, options)
    options.memory = 1
    return import(self, kind, path, options)
  end
end

function core.store.open(...)
  core.store.open = open -- its methods are shared: once is enough
  local store, message = open(...)
  if store then with_little_memory(store) end
  return store, message
end

os.exit(require "waymark.cli"(arg, os.getenv "WAYMARK_BUILD"), true)
