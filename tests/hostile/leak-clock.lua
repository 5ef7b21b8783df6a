-- expect: finished
-- times: 2
-- result: 0
-- Nothing tells the time: what is counted is the same in every run.
local n = 0
for _, name in ipairs { "os", "clock", "time", "date", "today", "now" } do
  if _ENV[name] ~= nil then n = n + 1 end
end
return n
