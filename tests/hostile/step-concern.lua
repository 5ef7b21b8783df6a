-- expect: finished
-- as: step
-- answers: 2
-- answer: failed the concern should say what it is about, in one line
-- A concern that would clear a screen.
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  local reason = pupil:count(away):because(case and "x")
  reason.concern = "\27[2J\u{202E}=1+1"
  return reason
end }
