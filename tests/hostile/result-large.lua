-- expect: failed too large
local t, line = {}, ("x"):rep(1000)
for i = 1, 2000 do t[i] = line end
return t
