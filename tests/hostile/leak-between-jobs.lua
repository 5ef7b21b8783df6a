-- expect: finished
-- times: 3
-- result: "fresh"
local found = "fresh"
for _, place in ipairs { _ENV, string, table, math, utf8 } do
  if rawget(place, "left_behind") then found = "stale" end
  rawset(place, "left_behind", true)
end
return found
