-- expect: failed too many: at most 100 codes of attendance of a plugin
-- as: init
local list = {}
for i = 1, 10000 do list[i] = { "O", "unauthorised", "Unauthorised" } end
codes(list)
return { road_map = {} }
