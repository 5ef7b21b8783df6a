-- expect: finished
-- output: none
-- A finaliser that is written into the metatable afterwards never runs.
local meta = {}
for _ = 1, 1000 do setmetatable({}, meta) end
meta.__gc = function() print("ran") while true do end end
local t = {}
for i = 1, 100000 do t = { i } end
