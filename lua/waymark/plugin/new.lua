-- plugin/new: a plugin that is written into a workspace: whole, or not at all.
--
--   new.check(name, space_folder)      raises where a plugin of the workspace or of Waymark, or a profile of one, is
--                                      called so, or something else lies where it would
--   new.write(space_folder, name, texts) -> its path; `texts` by path: { ["plugin.lua"] = TEXT, … }; raises, and then
--                                      nothing of it is left

local core = require "waymark.core"
local files = require "waymark.base.files"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local check = core.sdk "check"

local new = {}

function new.check(name, space_folder)
  for _, plugin in ipairs(plugins.available(space_folder)) do
    if plugin.name == name then
      problem.raise('there is a plugin "%s" already, in %s; choose another name', name, plugin.folder)
    elseif files.exists(("%s/profiles/%s.lua"):format(plugin.folder, name)) then
      problem.raise('there is a profile "%s" already, of the plugin %s; choose another name', name, plugin.name)
    end
  end
  local path = space_folder .. "/plugins/" .. name
  if files.exists(path) then problem.raise("%s is there already; choose another name, or remove it", path) end
end

function new.write(space_folder, name, texts)
  local above = space_folder .. "/plugins"
  local folder, made = above .. "/" .. name, {}
  local function make(path)
    problem.check(files.make_folder(path))
    made[#made + 1] = path
  end
  local ok, raised = pcall(function()
    if not files.exists(above) then make(above) end
    make(folder)
    for _, path in ipairs(check.names(texts)) do
      local at = folder
      for part in path:gmatch "([^/]+)/" do
        at = at .. "/" .. part
        if not files.exists(at) then make(at) end
      end
      problem.check(files.write(folder .. "/" .. path, texts[path]))
      made[#made + 1] = folder .. "/" .. path
    end
  end)
  if ok then return folder end
  for i = #made, 1, -1 do os.remove(made[i]) end
  error(raised, 0)
end

return new
