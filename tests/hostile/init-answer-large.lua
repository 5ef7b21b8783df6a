-- expect: failed too large
-- as: init
local list = {}
for i = 1, 100 do list[i] = { ("%02d"):format(i - 1), "unauthorised", ("x"):rep(20000) } end
codes(list)
return { road_map = {} }
