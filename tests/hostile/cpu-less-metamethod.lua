-- expect: over-budget
local meta = { __lt = function() while true do end end }
local list = {}
for i = 1, 10 do list[i] = setmetatable({}, meta) end
pcall(table.sort, list)
