-- expect: finished|failed|over-budget|over-memory
local function f() return pcall(f) end
return (f())
