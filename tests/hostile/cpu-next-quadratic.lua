-- expect: killed
-- cpu: 0.3
local t, key = {}, nil
for i = 1, 50000 do t["k" .. i] = i end
repeat key = next(t, key) until not key
