-- expect: killed|over-budget
-- cpu: 0.2
local a = ("x"):rep(8 << 20) .. "a"
local b = ("x"):rep(8 << 20) .. "b"
local n = 0
while true do n = a < b and n + 1 or n end
