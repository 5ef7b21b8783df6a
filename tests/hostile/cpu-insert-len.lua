-- expect: killed
-- cpu: 0.2
table.insert(setmetatable({}, { __len = function() return math.maxinteger // 2 end }), 1, "x")
