-- A supportive call to the parent about pupil and family after an absence.
local common = require "support-first"
local fields = require "support-first.fields"
local words = require "support-first.words"

return step {
  title = "Absence call-back",
  principle = "listen",
  about = "A well-being call to the family: how are things, and what would help?",
  records = fields.pick { "spoke_to", "reason", "what_would_help", "lead_told" },
  documents = { "call-back-form" },
  outcomes = { "spoke", "no-answer", "wrong-number", "message-left" },
  attempts = { "no-answer", "wrong-number", "message-left" },
  fills = words.of,

  suggest = function(pupil)
    return pupil:streak(common.no_reason):because "absent, and nobody has told the school why"
  end,
}
