-- expect: over-memory|over-budget|failed
local kept = {}
local bytes = { ("\u{10FFFF}"):rep(1000):byte(1, -1) }
for i = 1, 1e9 do kept[i] = string.char(table.unpack(bytes)) .. i end
