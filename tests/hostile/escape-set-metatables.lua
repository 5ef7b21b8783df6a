-- expect: finished
-- result: [false,false,false,false,false]
local said = {}
for i, value in ipairs { "", 1, true, print, ("x").rep } do said[i] = (pcall(setmetatable, value, {})) end
return said
