-- expect: finished
-- as: step
-- answers: 2
-- answer: failed
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  return pupil:count(away):because("\xC3" .. (case and "" or "x"))
end }
