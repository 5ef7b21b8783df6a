-- expect: over-budget
local held <close> = setmetatable({}, { __close = function() while true do end end })
error("now close")
