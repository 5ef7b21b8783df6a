-- expect: over-budget|killed|failed
-- as: init
-- request: 0.5
setmetatable(_ENV, { __newindex = function() while true do end end })
return { road_map = {} }
