-- expect: over-budget|killed
-- cpu: 0.2
local function again(n) return pcall(again or pcall, again, n + 1) end
while true do pcall(pcall, pcall, again, 1) end
