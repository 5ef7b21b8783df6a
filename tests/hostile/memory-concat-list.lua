-- expect: over-memory
local list, big = {}, ("x"):rep(1 << 20)
for i = 1, 1000 do list[i] = big end
return table.concat(list, big)
