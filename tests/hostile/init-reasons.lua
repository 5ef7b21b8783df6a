-- expect: killed a malformed answer
-- as: init
local reasons = {}
for i = 1, 5000 do reasons[i] = { "r" .. i, "Reason" } end
return { road_map = {}, reasons = reasons }
