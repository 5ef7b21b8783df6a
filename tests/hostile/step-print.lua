-- expect: finished
-- as: step
-- answers: 2
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  for i = 1, 1e5 do print(pupil, case, away, i) end
  return pupil:count(away):because "x"
end }
