-- expect: failed __gc is not offered
local meta = { __gc = true }
setmetatable({}, meta)
meta.__gc = function() while true do end end
