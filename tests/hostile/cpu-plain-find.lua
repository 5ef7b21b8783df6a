-- expect: killed
-- cpu: 0.2
local text = ("a"):rep(2 << 20)
return text:find(("a"):rep(1 << 20) .. "b", 1, true)
