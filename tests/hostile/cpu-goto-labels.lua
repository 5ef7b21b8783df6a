-- expect: finished|killed
-- generate
-- cpu: 0.5
local parts = {}
for i = 1, 15000 do parts[#parts + 1] = ("goto l%d ::l%d::"):format(i, i) end
return table.concat(parts, " ")
