-- expect: failed second
local held <close> = setmetatable({}, { __close = function() error("second", 0) end })
error("first", 0)
