-- expect: finished
-- as: step
-- answers: 2
-- answer: suggest \x1B]0;title
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  return pupil:count(away):because("\27]0;title\7\u{202E}\u{9B}31m\r\n$ " .. (case and "" or "x"))
end }
