-- expect: over-budget|killed
-- as: init
-- request: 0.5
-- The plugin's own `require` in place of the one that the SDK gave it.
require = function() while true do end end
return { road_map = { "visit" } }
