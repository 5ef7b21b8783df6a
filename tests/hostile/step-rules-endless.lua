-- expect: killed|over-budget|over-memory
-- as: step
-- request: 1
-- at: 1 1
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  local reason = pupil:count(away):because(case and "x")
  reason.evidence = setmetatable({}, { __index = function() return { rule = "away" } end })
  return reason
end }
