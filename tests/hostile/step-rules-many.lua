-- expect: finished
-- as: step
-- answers: 2
-- answer: failed too many: at most 10 pieces of evidence
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  local reason = pupil:count(away):because(case and "x")
  for i = 1, 10000 do reason.evidence[i] = reason.evidence[1] end
  return reason
end }
