-- expect: killed|over-memory|over-budget
-- cpu: 0.2
while true do pcall(string.rep, "x", 1 << 24) end
