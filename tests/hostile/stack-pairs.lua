-- expect: failed overflow
return pairs(setmetatable({}, { __pairs = function(t) return pairs(t) end }))
