-- expect: killed used more than 0.5 seconds of processor time
-- as: step
-- batches: 2
-- request: 0.5
-- at: 1 1
-- The time that a batch took is not the next one's.
local away = require "hostile".away
local seen = 0
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  seen = seen + 1
  if seen == 3 then return (("a"):rep(3000)):find((".-"):rep(12) .. "b") end
  for _ = 1, 3e6 do case = pupil end
  return case:count(away):because "slow"
end }
