-- expect: over-budget
setmetatable(_ENV, { __index = function() while true do end end })
return undefined
