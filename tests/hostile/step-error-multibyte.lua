-- expect: finished
-- as: step
-- answers: 2
-- answer: failed
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  error(("\u{20AC}"):rep(4096) .. tostring(pupil and case and away), 0)
end }
