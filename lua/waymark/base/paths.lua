-- base/paths: where the parts of Waymark lie: the worker program, the plugins that ship
-- with it, and the pages beside the Lua code. Two layouts:
--   built      BUILD/waymark, BUILD/waymark-worker, BUILD/lua/waymark/core.so;
--              plugins and lua/manual beside BUILD
--   installed  PREFIX/bin/waymark, PREFIX/lib/waymark/waymark-worker,
--              PREFIX/lib/lua/5.4/waymark/core.so, PREFIX/share/waymark/plugins,
--              PREFIX/share/doc/waymark

local files = require "waymark.base.files"

local paths = {}

local home -- the folder of the program, when there is one

-- The program says where it lies; stock Lua says nothing.
function paths.set_home(folder) home = folder end

local function first(candidates, what)
  for _, path in ipairs(candidates) do
    if files.exists(path) then return path end
  end
  return nil, ("cannot find %s; install Waymark again (looked at %s)"):format(what,
    table.concat(candidates, ", "))
end

-- The folder above lua/waymark/core.so: BUILD, or PREFIX/lib for …/lua/5.4/….
local function module_folder()
  local so = package.searchpath("waymark.core", package.cpath)
  return so and (files.absolute(so):gsub("/lua/[%d./]*waymark/core%.so$", "")) or "."
end

function paths.worker()
  local base = home or module_folder()
  return first({ base .. "/waymark-worker", base .. "/../lib/waymark/waymark-worker",
    base .. "/waymark/waymark-worker" }, "the program waymark-worker")
end

function paths.plugins()
  local base = home or module_folder()
  return first({ base .. "/../plugins", base .. "/../share/waymark/plugins" }, "the folder of plugins")
end

-- The folder of the manual for people | nil
function paths.manual()
  local above = files.absolute(home or module_folder()):gsub("/%.?/*$", ""):gsub("/[^/]+$", "")
  for _, folder in ipairs { above .. "/lua/manual", above .. "/share/doc/waymark" } do
    if files.exists(folder .. "/start.md") then return folder end
  end
end

-- The file beside a module that has its name and another ending: "waymark.today.page",
-- "html" -> lua/waymark/today/page.html
function paths.beside(module, ending) return package.searchpath(module, (package.path:gsub("%.lua", "." .. ending))) end

return paths
