-- expect: killed
-- cpu: 0.2
table.remove(setmetatable({}, { __len = function() return 1 << 50 end }), 1)
