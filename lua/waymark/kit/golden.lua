-- kit/golden: comparing an output with a file kept beside the spec, and which spec that is.

local core = require "waymark.core"
local files = require "waymark.base.files"
local problem = require "waymark.base.problem"
local check = core.sdk "check"

local golden = { update = os.getenv "WAYMARK_UPDATE" == "1" }

-- The file of the spec that calls, and the plugin it belongs to.
-- -> path, the folder of plugins, the plugin's name
function golden.caller()
  for level = 2, 20 do
    local info = debug.getinfo(level, "S")
    local path = info and info.source:match "^@(.*)$"
    if path and path:find "_spec%.lua$" then
      local whole = files.absolute(path):gsub("/%./", "/")
      local above, name = whole:match "^(.*)/([^/]+)/spec/"
      local is_own = name and files.exists(("%s/%s/plugin.lua"):format(above, name))
      if is_own then return whole, above, name end
      return whole
    end
  end
end

local function first_difference(was, now)
  local a, b, line = (was .. "\n"):gmatch "([^\n]*)\n", (now .. "\n"):gmatch "([^\n]*)\n", 0
  while true do
    local x, y = a(), b()
    line = line + 1
    if x ~= y or not x then return line, x or "(the end)", y or "(the end)" end
  end
end

local function advice(name)
  return name and ("waymark plugin test %s --update"):format(name) or "the specs again, with WAYMARK_UPDATE=1"
end

-- Compare a text, or any value as JSON, with the file golden/NAME beside the spec. With
-- `waymark plugin test --update` (or WAYMARK_UPDATE=1) the file is written instead.
function golden.compare(name, value)
  local spec, _, plugin = golden.caller()
  if not spec then error("golden is called in a file NAME_spec.lua", 0) end
  local stem = type(name) == "string" and name:gsub("%.%l+$", "")
  local fault = check.file_name_fault(stem, 'golden "NAME.txt"')
  if fault then error(fault, 0) end
  local place = spec:match "^(.*)/[^/]*$" .. "/golden"
  local path = place .. "/" .. name
  local text = type(value) == "string" and value or problem.check(core.encode(value, 2)) .. "\n"
  if golden.update then
    problem.check(files.need_folder(place))
    problem.check(files.replace(path, text))
    return
  end
  local kept = files.read(path)
  if not kept then
    problem.raise("there is no %s; write it with: %s, and read it", path, advice(plugin))
  end
  if kept == text then return end
  local line, was, now = first_difference(kept, text)
  problem.raise("%s, line %d\n  is   %s\n  was  %s\nif it is right: %s", path, line, now, was, advice(plugin))
end

return golden
