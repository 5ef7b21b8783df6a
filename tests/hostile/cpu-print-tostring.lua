-- expect: over-budget
-- output: none
print(setmetatable({}, { __tostring = function() while true do end end }))
