-- expect: finished
-- as: step
-- answers: 2
-- answer: failed \xFF
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  local reason = pupil:count(away):because(case and "x")
  reason.evidence = setmetatable({}, { __index = function() error("\xFF\27[2J" .. ("x"):rep(1 << 20), 0) end })
  return reason
end }
