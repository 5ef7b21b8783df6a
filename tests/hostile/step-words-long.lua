-- expect: finished
-- as: step
-- answers: 2
-- answer: failed
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  return pupil:count(away):because(("\u{20AC}"):rep(167) .. (case and "" or "x"))
end }
