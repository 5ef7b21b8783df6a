-- expect: over-budget
local t = setmetatable({}, { __index = function(self, key) return self[key + 1] or true end })
local u = setmetatable({}, { __eq = function() while true do end end })
return u == setmetatable({}, getmetatable(u)), t
