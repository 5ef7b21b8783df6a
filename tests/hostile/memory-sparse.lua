-- expect: finished
-- result: 63
local t, n = {}, 0
for i = 0, 62 do t[1 << i] = i end
for _ in pairs(t) do n = n + 1 end
return n
