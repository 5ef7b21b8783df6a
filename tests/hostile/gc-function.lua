-- expect: failed __gc is not offered
setmetatable({}, { __gc = function() while true do end end })
