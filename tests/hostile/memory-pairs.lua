-- expect: over-memory|over-budget|killed
-- cpu: 1
-- Each walk holds all keys: many walks of one table at a time.
local t, walks = {}, {}
for i = 1, 20000 do t["k" .. i] = i end
for i = 1, 1e6 do walks[i] = pairs(t) end
