-- expect: failed attempt to index a boolean
-- as: step
local visit = step { title = "Visit", principle = "listen" }
getmetatable(visit).__index = function() while true do end end
return visit
