-- expect: finished
-- as: step
-- answers: 2
-- answer: suggest 2026-03-20
-- What a plugin does to its day changes nothing of what is measured.
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  today = "1999-01-01"
  rawset(_ENV, "today", nil)
  return pupil:count(away):because(case and pupil.as_of or "x")
end }
