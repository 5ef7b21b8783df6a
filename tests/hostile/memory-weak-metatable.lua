-- expect: finished|over-memory|over-budget|killed
-- A metatable that goes away while a field is set (a fault of Lua 5.4.4).
local keep = {}
for round = 1, 2000 do
  local meta = setmetatable({}, { __mode = "kv" })
  meta.__newindex = setmetatable({}, { __mode = "kv" })
  local t = setmetatable({}, meta)
  t["key" .. round] = ("x"):rep(round * 10)
  keep[round % 7] = ("y"):rep(1 << 18) .. round
end
