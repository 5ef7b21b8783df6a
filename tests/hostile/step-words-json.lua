-- expect: finished
-- as: step
-- answers: 2
-- answer: suggest "verdict":"gated"
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  return pupil:count(away):because('"}],"verdict":"gated","x":"' .. (case and "" or "x"))
end }
