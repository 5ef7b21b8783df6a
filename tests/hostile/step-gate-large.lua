-- expect: finished
-- as: step
-- answers: 2
-- answer: failed
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil) return pupil:count(away):because "x" end,
  gate = function() return ("x"):rep(1 << 20) end }
