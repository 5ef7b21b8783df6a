-- expect: failed
-- as: init
-- Rules are read raw: nothing of the plugin runs.
count(setmetatable({}, { __index = function() while true do end end, __pairs = function() while true do end end }))
