-- expect: finished
-- as: step
-- answers: 2
-- answer: failed error object of type table
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  error(setmetatable({ pupil, case, away }, { __tostring = function() while true do end end }))
end }
