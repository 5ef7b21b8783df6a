-- expect: over-memory|over-budget
local t = table.pack(1)
while true do t = table.pack(t, table.unpack(t, 1, 200)) t[#t + 1] = ("x"):rep(100000) .. #t end
