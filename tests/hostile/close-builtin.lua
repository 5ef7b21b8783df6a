-- expect: over-budget
-- output: none
-- Handlers that are C functions get no second life either.
local a <close> = setmetatable({}, { __close = pcall })
local b <close> = setmetatable({ }, { __close = error, __call = function() print("called") end })
while true do end
