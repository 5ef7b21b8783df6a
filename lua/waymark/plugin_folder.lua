-- plugin_folder: a plugin that lies in any folder, as if in a workspace: a folder of
-- its own under the system's temporary one, with a link. And removing such folders.

local lfs = require "lfs"
local files = require "waymark.files"
local problem = require "waymark.problem"

local folder = {}

-- A new empty folder for this process alone.
function folder.temporary()
  local name = os.tmpname()
  os.remove(name)
  problem.check(files.make_folder(name))
  return name
end

-- Remove a folder with all in it; links are removed, and not followed.
function folder.remove(path)
  if files.kind(path) == "directory" then
    for _, name in ipairs(files.names(path)) do folder.remove(path .. "/" .. name) end
    lfs.rmdir(path)
  else
    os.remove(path)
  end
end

-- The name of the plugin whose folder this is, and the folder of plugins it lies in.
function folder.split(path)
  local whole = files.absolute(path):gsub("/%.$", ""):gsub("/+$", "")
  local above, name = whole:match "^(.*)/([^/]+)$"
  if not name then problem.raise("%s is no plugin's folder; name the folder that holds plugin.lua", path) end
  return name, above
end

-- -> name, a context for waymark.plugins; context.close() when done
function folder.context(path)
  local name, above = folder.split(path)
  local top = folder.temporary()
  problem.check(lfs.link(above, top .. "/plugins", true))
  return name, { folder = top, known = {}, close = function() folder.remove(top) end }
end

return folder
