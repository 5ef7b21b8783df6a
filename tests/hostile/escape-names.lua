-- expect: finished
-- result: {}
local found = {}
for name in ("load loadstring loadfile dofile require package io os debug coroutine xpcall collectgarbage " ..
  "warn _G arg module setfenv getfenv newproxy unpack jit ffi bit32 fence json"):gmatch("%S+") do
  if _ENV[name] ~= nil then found[name] = type(_ENV[name]) end
end
for _, name in ipairs { "dump", "pack", "unpack", "packsize" } do
  if string[name] or (""):len() and ("")[name] then found["string." .. name] = true end
end
if math.randomseed then found["math.randomseed"] = true end
return found
