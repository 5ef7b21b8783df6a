-- Any text as waymark.lua: it comes to an end, and nothing raises; a fault is one line that names
-- the file; what comes of it is data, and what it had of Lua is again as it was.

local settings = require "waymark.workspace.settings"
local core = require "waymark.core"

local texts, all = getmetatable "", {}
for name, value in next, _G do all[name] = value end

local function check_data(value, depth, seen)
  local kind = type(value)
  assert(kind ~= "userdata" and kind ~= "thread", kind)
  if kind ~= "table" or seen[value] then return end
  seen[value] = true
  assert(depth < 100 and getmetatable(value) == nil, "a metatable")
  for k, v in next, value do
    assert(depth == 1 or math.type(k) == "integer" or type(k) == "string")
    check_data(v, depth + 1, seen)
  end
end

return function(input)
  local began = os.clock()
  local read, message = settings.evaluate(input)
  assert(os.clock() - began < 2, "it took too long")
  assert(getmetatable "" == texts and texts.__index == string and ("x"):rep(2) == "xx", "texts are not as they were")
  for name, value in next, _G do assert(all[name] == value, name) end
  if not read then
    assert(type(message) == "string" and message:find "^waymark%.lua:", message)
    assert(#message < 2000, "too long: " .. message)
    return
  end
  for _, school in ipairs(read.schools) do
    for name, value in next, school do
      if type(value) == "string" then
        local shown = name == "address" and value:gsub("\n", " ") or value
        assert(shown == core.escape(shown), name)
      end
    end
    settings.days(school.years)
  end
  for role, who in next, read.staff do assert(core.escape(role .. who) == role .. who) end
  settings.days(read.years)
  read.uses, read.all_uses = nil, nil -- options are looked at by whoever they are for
  for _, school in ipairs(read.schools) do school.uses = nil end
  check_data(read, 1, {})
end
