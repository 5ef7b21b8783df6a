-- expect: over-memory|over-budget|failed|killed
-- cpu: 1
local list = {}
for i = 1, 100000 do list[i] = i % 97 end
local function nested(n)
  table.sort(list, function(a, b)
    if n < 190 then nested(n + 1) end
    return a < b
  end)
end
nested(1)
