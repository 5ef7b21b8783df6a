-- expect: over-budget|killed|over-memory
-- as: init
-- request: 0.5
return { road_map = setmetatable({}, { __index = function(_, i) return "s" .. i end }) }
