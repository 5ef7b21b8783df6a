-- expect: over-budget hostile/steps/visit.lua:7
-- as: step
-- at: 1 1
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil) return pupil:count(away):because "x" end,
  gate = function()
    while true do end
  end }
