-- expect: killed used more than 0.3 seconds of processor time
-- as: step
-- request: 0.3
-- at: 2 1
local away = require "hostile".away
local seen = 0
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  seen = seen + 1
  if seen == 2 then return (("a"):rep(3000)):find((".-"):rep(12) .. "b") end
  return pupil:count(away):because(case and "x")
end }
