-- expect: over-budget|over-memory|failed|killed
-- cpu: 0.5
local function grow(...) return grow(1, 2, 3, ...) end
grow()
