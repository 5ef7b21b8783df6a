-- folder.lua: folders for specs that write files: made under /tmp, removed again.

local folder = {}

-- The path of a new, empty folder.
function folder.new()
  local path = os.tmpname()
  os.remove(path)
  assert(os.execute("mkdir -m 700 '" .. path .. "'"))
  return path
end

function folder.remove(path)
  assert(path:find "^/tmp/lua_", "not a folder of ours: " .. path)
  assert(os.execute("rm -rf -- '" .. path .. "'"))
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
