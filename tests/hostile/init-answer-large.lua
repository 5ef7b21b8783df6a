-- expect: failed too large
-- as: init
local reasons = {}
for i = 1, 100 do reasons[i] = { "r" .. i, ("x"):rep(20000) } end
return { road_map = {}, reasons = reasons }
