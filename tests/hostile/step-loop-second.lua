-- expect: over-budget hostile/steps/visit.lua:8
-- as: step
-- at: 2 1
local away = require "hostile".away
local seen = 0
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  seen = seen + 1
  while seen == 2 do away = case or pupil end
end }
