-- author/folder: a plugin that lies in any folder, as if in a workspace: a folder of
-- its own under the system's temporary one, with a link. And removing such folders, and
-- telling a folder from the name of a plugin.

local lfs = require "lfs"
local files = require "waymark.base.files"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local check = require("waymark.core").sdk "check"

local folder = {}

-- A new empty folder for this process alone, under TMPDIR where that is set.
function folder.temporary()
  local name = os.tmpname()
  os.remove(name)
  local path = (os.getenv "TMPDIR" or name:match "^(.*)/") .. name:match "/[^/]+$"
  problem.check(files.make_folder(path))
  return path
end

-- Remove a folder with all in it; links are removed, and not followed (Penlight's rmtree removes
-- what lies in the folders behind them).
function folder.remove(path)
  if files.kind(path) == "directory" then
    for _, name in ipairs(files.names(path)) do folder.remove(path .. "/" .. name) end
    lfs.rmdir(path)
  else
    os.remove(path)
  end
end

-- The name of the plugin whose folder this is, and the folder of plugins it lies in: an absolute
-- path without ".", ".." and needless slashes.
local function split(path)
  local parts = {}
  for part in files.absolute(path):gmatch "[^/]+" do
    if part == ".." then
      parts[#parts] = nil
    elseif part ~= "." then
      parts[#parts + 1] = part
    end
  end
  local name = table.remove(parts)
  if not name then problem.raise("%s is no plugin's folder; name the folder that holds plugin.lua", path) end
  return name, "/" .. table.concat(parts, "/")
end

-- -> name, a context for waymark.plugins; context.close() when done
function folder.context(path)
  local name, above = split(path)
  local top = folder.temporary()
  local linked, why = lfs.link(above, top .. "/plugins", true)
  if not linked then folder.remove(top) end
  problem.check(linked, why)
  return name, { folder = top, known = {}, close = function() folder.remove(top) end }
end

-- Where a plugin lies that somebody named: a folder when it has a "/" or is "." or "..",
-- or when the workspace and Waymark have no plugin of that name. -> path, is a folder
function folder.find(text, workspace_folder)
  local is_path = text:find("/", 1, true) or text == "." or text == ".."
  local names = {}
  for _, plugin in ipairs(is_path and {} or plugins.available(workspace_folder)) do
    if plugin.name == text then return plugin.folder, false end
    names[#names + 1] = plugin.name
  end
  if files.exists(text .. "/plugin.lua") then return text:match "^(.-)/*$", true end
  if is_path then problem.raise("%s holds no plugin.lua; name the folder that holds one", text) end
  problem.raise('there is no plugin "%s"%s; look at: waymark plugin list', text, check.did_you_mean(text, names))
end

return folder
