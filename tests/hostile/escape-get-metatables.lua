-- expect: finished
-- result: {}
local found = {}
for _, value in ipairs { "", 1, true, print, string, table, math, utf8, _ENV, {} } do
  if getmetatable(value) ~= nil then found[#found + 1] = type(value) end
end
return #found == 0 and {} or found
