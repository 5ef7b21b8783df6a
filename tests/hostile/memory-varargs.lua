-- expect: over-memory|failed|over-budget|killed
-- cpu: 0.2
local function grow(...) return grow(1, 2, 3, 4, 5, 6, 7, 8, 9, ...) end
grow()
