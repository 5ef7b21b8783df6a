-- expect: finished
local meta = {}
local t = setmetatable({}, meta)
for i = 1, 5000 do
  t[i] = {}
  meta.__mode = i % 2 == 0 and "k" or "kv"
  local _ = ("x"):rep(i)
end
for key in pairs(t) do t[key] = nil end
