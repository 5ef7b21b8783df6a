-- A supportive call to the parent about pupil and family after an absence that worries: one that
-- nobody explained, days in a row, or the first day of a child for whom support is in place. Where a
-- holiday has a route of its own (leave_sessions), one that is long enough for it is a call too:
-- whoever works from the list has to know of it, and the family is heard before anything goes out.
local common = require "support-first"
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
  wrong_number = { "wrong-number" },
  fills = words.of,

  when = { no_reason, signs.away_now, common.has_leave_route and common.holiday or nil },

  suggest = function(pupil, case)
    return pupil:streak(no_reason):because "absent, and nobody has told the school why" or signs.away(pupil, case)
      or common.has_leave_route and pupil:longest(common.holiday):because(
        ("a holiday that was not granted (G): %s has a leave-of-absence route for it"):format(config.authority_name))
      or nil
  end,
}
