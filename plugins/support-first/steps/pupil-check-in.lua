-- A supportive conversation with the pupil: after several absences, on the return from a
-- long one, at the first dip of somebody who was fine, or when one weekday stands out.
local common = require "support-first"
local fields = require "support-first.fields"
local words = require "support-first.words"

return step {
  title = "Pupil check-in",
  principle = "listen",
  about = "A well-being check with the pupil, by an adult the pupil trusts.",
  records = fields.pick({ "what_would_help", "lead_told" }, {
    spoke_to = { type = "contact", default = "the pupil", help = fields.spoke_to.help }, -- no word with a parent
    how_school_feels = { type = "text", help = "how school feels just now, in the pupil's words" },
  }),
  documents = { "check-in-form" },
  outcomes = { "spoke", "not-in-school", "did-not-wish-to-talk" },
  attempts = { "not-in-school" },
  fills = words.of,

  suggest = function(pupil, case)
    local recent = pupil:count(common.recent_absence)
    return common.signs.returned(pupil, case, recent) or recent:because "away several times in the last weeks"
      or common.signs.early(pupil, case)
  end,
}
