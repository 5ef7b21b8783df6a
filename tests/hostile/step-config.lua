-- expect: finished
-- as: step
-- answers: 2
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  config.x = pupil
  config = nil
  return pupil:count(away):because(case and "x")
end }
