-- expect: over-budget
for _ in next, {}, nil, setmetatable({}, { __close = function() while true do end end }) do return 1 end
