-- A supportive conversation with the pupil: after several absences, on the return from a
-- long one, at the first dip of somebody who was fine, or when one weekday stands out.
local fields = require "support-first.fields"
local signs = require "support-first.signs"
local words = require "support-first.words"

return step {
  title = "Pupil check-in",
  principle = "listen",
  audience = "staff",
  about = "A supportive well-being check with the pupil, by an adult whom the pupil trusts. It is to hear how "
    .. "school feels just now, and what would help.",
  records = {
    spoke_to = { type = "contact", role = "with", default = "the pupil", help = "who the conversation was with" },
    how_school_feels = { type = "text", help = "how school feels just now, in the pupil's words" },
    what_would_help = fields.what_would_help,
    lead_told = fields.lead_told,
  },
  documents = { "check-in-form" },
  outcomes = { "spoke", "not-in-school", "did-not-wish-to-talk" },
  attempts = { "not-in-school" },
  fills = words.of,

  when = signs.of_check_in,

  suggest = function(pupil, case)
    local recent = pupil:count(signs.recent_absence)
    return signs.returned(pupil, case, recent) or recent:because "away several times in the last weeks"
      or signs.first_dip(pupil, case) or signs.weekday(pupil, case)
  end,
}
