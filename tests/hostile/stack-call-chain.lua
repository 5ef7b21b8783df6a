-- expect: failed|finished|killed|over-memory
-- cpu: 0.5
local f = function() return 1 end
for _ = 1, 20000 do f = setmetatable({}, { __call = f }) end
return f()
