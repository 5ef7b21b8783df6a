-- expect: over-budget|killed
-- cpu: 0.3
local function again(text) return (text:gsub(".", again)) end
while true do pcall(again, "ab") end
