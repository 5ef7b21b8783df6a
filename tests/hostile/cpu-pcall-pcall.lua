-- expect: over-budget|killed
-- cpu: 0.2
local function spin() while true do end end
for _ = 1, 100 do spin = setmetatable({}, { __call = function(_, f) return pcall(f) end }) end
while true do pcall(pcall, pcall, pcall, spin, spin) end
