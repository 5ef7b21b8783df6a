-- folder.lua: folders for specs that write files: made under /tmp, removed again.

local lfs = require "lfs"

local folder = {}

-- The path of a new, empty folder.
function folder.new()
  local path = os.tmpname()
  os.remove(path)
  assert(lfs.mkdir(path))
  return path
end

-- A folder with all that is in it; links are removed, not followed. A shell for each of the
-- thousands that specs make would take longer than many of the specs.
local function remove(path)
  if lfs.symlinkattributes(path, "mode") ~= "directory" then return assert(os.remove(path)) end
  for name in lfs.dir(path) do
    if name ~= "." and name ~= ".." then remove(path .. "/" .. name) end
  end
  assert(lfs.rmdir(path))
end

function folder.remove(path)
  assert(path:find "^/tmp/lua_", "not a folder of ours: " .. path)
  if lfs.symlinkattributes(path) then remove(path) end
end

function folder.read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

function folder.write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  file:write(text)
end

return folder
