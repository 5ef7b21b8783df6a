-- expect: failed too many values
local t = {}
for i = 1, 100001 do t["k" .. i] = true end
return t
