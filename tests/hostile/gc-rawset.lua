-- expect: finished
-- output: none
local meta = {}
local t = setmetatable({}, meta)
rawset(meta, "__gc", function() print "collected" end)
t = nil
for i = 1, 200 do local _ = ("x"):rep(1 << 18) .. i end
return t
