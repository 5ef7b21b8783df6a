-- expect: finished
-- as: step
-- answers: 2
-- answer: failed
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  return case and away and pupil
end }
