-- expect: finished
-- as: step
-- times: 2
-- batches: 2
-- answers: 4
-- Kept from one pupil to the next, and gone with the job.
local away = require "hostile".away
local seen = 0
return step { title = "Visit", principle = "listen", suggest = function(pupil)
  seen = seen + 1
  if seen > 4 then return error "something was left of another job" end
  return pupil:count(away):because("number " .. seen)
end }
