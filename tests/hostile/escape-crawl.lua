-- expect: finished
-- result: {}
-- Walks everything that can be reached and names each function that is not on
-- the list that plugins are promised.
local allowed = {}
for name in ([[assert error ipairs next pairs rawequal rawget rawlen rawset select tonumber tostring
  type getmetatable setmetatable pcall print string.byte string.char string.find string.format
  string.gmatch string.gsub string.len string.lower string.match string.rep string.reverse string.sub
  string.upper table.concat table.insert table.move table.pack table.remove table.sort table.unpack
  math.abs math.acos math.asin math.atan math.ceil math.cos math.deg math.exp math.floor math.fmod
  math.log math.max math.min math.modf math.rad math.random math.sin math.sqrt math.tan
  math.tointeger math.type math.ult utf8.char utf8.codepoint utf8.codes utf8.len utf8.offset]])
  :gmatch("%S+") do allowed[name] = true end
local seen, strange = {}, {}
local function walk(value, path)
  if type(value) == "function" and not allowed[path] then strange[path] = "function" end
  if type(value) == "userdata" or type(value) == "thread" then strange[path] = type(value) end
  if type(value) ~= "table" or seen[value] then return end
  seen[value] = true
  local meta = getmetatable(value)
  if meta ~= nil then walk(meta, path .. ".meta") end
  for key, field in pairs(value) do
    walk(field, path == "" and tostring(key) or path .. "." .. tostring(key))
  end
end
local me = {}
for key, value in pairs(_ENV) do me[key] = value end
walk(me, "")
return strange
