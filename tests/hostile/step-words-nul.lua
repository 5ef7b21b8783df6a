-- expect: finished
-- as: step
-- answers: 2
-- answer: failed in UTF-8
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  return pupil:count(away):because("a\0b" .. (case and "" or "x"))
end }
