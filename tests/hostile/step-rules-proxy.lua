-- expect: over-budget hostile/steps/visit.lua:8
-- as: step
-- at: 1 1
-- What the SDK reads of an answer may run the plugin: then that is counted.
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  local reason = pupil:count(away):because(case and "x")
  reason.evidence = setmetatable({}, { __index = function() while true do end end })
  return reason
end }
