-- expect: failed at most 1000000 bytes
-- as: init
local list = {}
for i = 1, 6000 do list[i] = { "r" .. i, ("x"):rep(190) } end
return { reasons = list, road_map = {} }
