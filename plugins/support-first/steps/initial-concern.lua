-- An early conversation with the family: absence without leave that adds up, lateness, or a
-- decline against the weeks before. It may happen several times.
local common = require "support-first"
local fields = require "support-first.fields"
local words = require "support-first.words"

return step {
  title = "Initial concern conversation",
  principle = "listen",
  about = "An early conversation about a worry, before it grows. It may happen several times.",
  records = fields.pick { "spoke_to", "reason", "parents_views", "pupils_views", "agreed", "lead_told" },
  documents = { "initial-concern-letter" },
  outcomes = { "support-agreed", "no-concern", "not-engaged" },
  fills = words.of,

  suggest = function(pupil, case)
    return pupil:count(common.unauthorised):because "absence without leave is adding up"
      or common.signs.late(pupil, case) or common.signs.decline(pupil, case)
  end,
}
