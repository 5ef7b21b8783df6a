-- expect: finished
-- result: [false,false,false]
local said = {}
for i, value in ipairs { print, true, {} } do said[i] = (pcall(setmetatable, {}, { __gc = value })) end
return said
