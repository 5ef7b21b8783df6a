-- expect: finished
-- as: step
-- answers: 2
-- answer: failed
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  pupil.school.name, pupil.school = "mine", case
  return pupil:count(away):because "x"
end }
