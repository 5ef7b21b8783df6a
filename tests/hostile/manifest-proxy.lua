-- expect: over-budget
-- as: manifest
return setmetatable({}, { __index = function() while true do end end })
