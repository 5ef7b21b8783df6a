-- expect: failed too many values
local t = {} for i = 1, 500000 do t[i] = i end return t
