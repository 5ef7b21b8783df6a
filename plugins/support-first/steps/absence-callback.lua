-- A supportive call to the parent about pupil and family after an absence that worries: one that
-- nobody explained, days in a row, or the first day of a child for whom support is in place.
local england = require "england"
local fields = require "support-first.fields"
local signs = require "support-first.signs"
local words = require "support-first.words"

local no_reason = streak { name = "N-streak", codes = "N", at_least = config.callback_sessions,
  edition = england.editions.setting }

return step {
  title = "Absence call-back",
  principle = "listen",
  audience = "staff",
  about = "A supportive well-being check with the parent about the pupil and the family after an absence. It is to "
    .. "see if there is anything else going on, and what would help.",
  records = {
    spoke_to = fields.spoke_to,
    reason = fields.reason,
    what_would_help = fields.what_would_help,
    lead_told = fields.lead_told,
  },
  documents = { "call-back-form" },
  outcomes = { "spoke", "no-answer", "wrong-number", "message-left" },
  attempts = { "no-answer", "wrong-number", "message-left" },
  fills = words.of,

  when = { no_reason, signs.away_now },

  suggest = function(pupil, case)
    return pupil:streak(no_reason):because "absent, and nobody has told the school why" or signs.away(pupil, case)
  end,
}
