-- folder.lua: folders for specs that write files: made under TMPDIR (/tmp), removed again.

local lfs = require "lfs"

local folder = {}

local top = os.getenv "TMPDIR" or "/tmp"

-- The path of a new, empty folder.
function folder.new()
  local name = os.tmpname()
  os.remove(name)
  local path = top .. name:match "/[^/]+$"
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
  assert(path:sub(1, #top) == top and path:find "/lua_[^/]+$", "not a folder of ours: " .. path)
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
