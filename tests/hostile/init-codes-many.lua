-- expect: killed a malformed answer
-- as: init
local list = {}
for i = 1, 10000 do list[i] = { "O", "unauthorised", "Unauthorised" } end
codes(list)
return { road_map = {} }
