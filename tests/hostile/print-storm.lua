-- expect: over-budget
-- output: 1001
while true do pcall(print, "x") end
