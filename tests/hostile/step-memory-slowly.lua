-- expect: over-memory
-- as: step
-- batches: 10
-- What a plugin keeps from pupil to pupil counts.
local away = require "hostile".away
local kept = {}
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  kept[#kept + 1] = ("x"):rep(10 << 20) .. #kept
  return pupil:count(away):because(case and "kept")
end }
