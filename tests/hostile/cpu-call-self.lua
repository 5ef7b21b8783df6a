-- expect: failed|over-memory|killed
-- cpu: 0.3
local t = {}
setmetatable(t, { __call = t })
return t()
