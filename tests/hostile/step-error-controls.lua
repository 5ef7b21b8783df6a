-- expect: finished
-- as: step
-- answers: 2
-- answer: failed \x1B\x1B
-- An error of many controls fails this pupil and step, and no more.
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  error(("\27"):rep(4096) .. tostring(pupil and case and away), 0)
end }
