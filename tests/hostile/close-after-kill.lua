-- expect: over-budget
-- output: none
-- Once the budget is used up, no handler gets to run.
local held <close> = setmetatable({}, { __close = function() print("still alive") end })
while true do end
