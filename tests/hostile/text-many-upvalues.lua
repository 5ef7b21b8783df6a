-- expect: failed too many upvalues
-- generate
local parts = {}
for outer = 1, 2 do
  for i = 1, 150 do parts[#parts + 1] = ("local v%d_%d = 1"):format(outer, i) end
  parts[#parts + 1] = "local function f() "
end
parts[#parts + 1] = "return function() return 1"
for outer = 1, 2 do
  for i = 1, 150 do parts[#parts + 1] = (" + v%d_%d"):format(outer, i) end
end
return table.concat(parts, " ") .. " end end end"
