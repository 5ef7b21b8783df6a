-- expect: killed|over-budget
-- as: step
-- wall: 0.5
-- cpu: 1
local visit = step { title = "Visit", principle = "listen" }
getmetatable(visit).__index = function() while true do end end
return visit
