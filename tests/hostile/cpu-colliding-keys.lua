-- expect: killed|over-budget|over-memory
-- cpu: 0.2
local t = {}
for i = 1, 1e9 do t[i << 40] = i end
