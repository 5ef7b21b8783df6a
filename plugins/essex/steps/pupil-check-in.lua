-- A supportive conversation with the pupil.
local essex = require "essex"

return step {
  title = "Pupil check-in",
  principle = "listen",
  about = "A well-being check with the pupil, by an adult the pupil trusts.",
  records = { spoke_to = "contact", how_school_feels = "text", what_would_help = "text" },
  outcomes = { "spoke", "not-in-school", "did-not-wish-to-talk" },
  attempts = { "not-in-school" },

  suggest = function(pupil)
    return pupil:count(essex.recent_absence):because "away several times in the last weeks"
  end,
}
