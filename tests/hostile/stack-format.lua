-- expect: failed overflow
return ("%s"):format(setmetatable({}, { __tostring = function(t) return ("%s"):format(t) end }))
