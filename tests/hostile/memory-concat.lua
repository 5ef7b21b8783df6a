-- expect: over-memory
local t = {}
for i = 1, 1000 do t[i] = ("x"):rep(1 << 14) end
for i = 1, 16 do t[i] = table.concat(t) end
