-- expect: finished
-- result: ["too many results to unpack","too many results to unpack","too many results to unpack"]
local said = {}
for i, range in ipairs { { 1, 1e9 // 1 | 0 }, { math.mininteger, math.maxinteger }, { -1, math.maxinteger - 1 } } do
  said[i] = select(2, pcall(table.unpack, {}, range[1], range[2]))
end
return said
