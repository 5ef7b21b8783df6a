-- expect: finished
-- result: 30000
-- generate
local parts = {}
for i = 1, 30000 do parts[i] = ('"constant %d"'):format(i) end
return "return #{" .. table.concat(parts, ",") .. "}"
