-- expect: finished
-- as: step
-- answers: 2
-- answer: failed when the plugin loads
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  rate { name = "late", below = 90 }
  return pupil:count(away):because(case and "x")
end }
