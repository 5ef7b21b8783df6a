-- expect: over-budget
-- output: none
local function closer(n)
  return setmetatable({}, { __close = function()
    print("closing " .. n)
    while true do end
  end })
end
local function chain(n)
  local _ <close> = closer(n)
  if n > 0 then return (chain(n - 1)) end
  while true do end
end
pcall(chain, 50)
