-- expect: finished
-- as: step
-- answers: 2
-- answer: failed suggest should return nil or evidence
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  local mark = getmetatable(pupil:count(away):because(case and "x"))
  return setmetatable({ words = "made up", evidence = { { rule = "nobody's" } } }, mark)
end }
