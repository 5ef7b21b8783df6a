-- expect: finished
-- as: step
-- answers: 2
-- answer: failed error object of type table
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  local reason = pupil:count(away):because(case and "x")
  reason.evidence = setmetatable({}, { __index = function() error(setmetatable({}, { __tostring = function() while true do end end }), 0) end })
  return reason
end }
