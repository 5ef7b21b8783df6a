-- expect: failed C stack overflow
local function less() table.sort({ 1, 2, 3 }, less) return true end
less()
