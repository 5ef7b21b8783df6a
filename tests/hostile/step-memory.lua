-- expect: over-memory hostile/steps/visit.lua:
-- as: step
-- at: 1 1
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  local kept = case and {}
  for i = 1, 1e9 do kept[i] = ("x"):rep(10000) .. i end
  return pupil:count(away):because(kept[1])
end }
