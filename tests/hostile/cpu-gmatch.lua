-- expect: killed|over-budget
-- cpu: 0.2
for _ in (("a"):rep(60000)):gmatch(".-.-b") do return 1 end
