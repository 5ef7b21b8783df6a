-- expect: over-memory|finished|over-budget|killed
-- cpu: 0.5
-- Emergency collections with weak tables: whatever happens stays in the worker.
local weak = setmetatable({}, { __mode = "kv" })
local keep = {}
for i = 1, 1e6 do
  weak[{}] = { i }
  keep[#keep + 1] = setmetatable({}, { __newindex = weak })
  keep[#keep][{}] = ("x"):rep(100)
end
