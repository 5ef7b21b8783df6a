-- A supportive call to the parent about pupil and family after an absence.
local essex = require "essex"

return step {
  title = "Absence call-back",
  principle = "listen",
  about = "A well-being call to the family: how are things, and what would help?",
  records = { spoke_to = "contact", reason = "text", what_would_help = "text" },
  outcomes = { "spoke", "no-answer", "wrong-number", "message-left" },
  attempts = { "no-answer", "wrong-number", "message-left" },

  suggest = function(pupil)
    return pupil:streak(essex.no_reason):because "absent, and nobody has told the school why"
  end,
}
