-- expect: over-budget hostile/steps/visit.lua:6
-- as: step
-- at: 1 1
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  while pupil do away = case end
end }
