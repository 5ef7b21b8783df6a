-- expect: killed|over-budget
-- cpu: 0.2
local text = ("1"):rep(8 << 20)
while true do tonumber(text, 36) end
