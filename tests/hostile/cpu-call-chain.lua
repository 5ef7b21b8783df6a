-- expect: killed|over-budget|over-memory|failed
-- cpu: 0.2
local f = function() end
for _ = 1, 60000 do f = setmetatable({}, { __call = f }) end
while true do f() end
