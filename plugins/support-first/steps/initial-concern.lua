-- An early conversation with the family: absence without leave that adds up, lateness, or a
-- decline against the weeks before. It may happen several times.
local england = require "england"
local fields = require "support-first.fields"
local signs = require "support-first.signs"
local words = require "support-first.words"

local unauthorised = count {
  name = "recent-unauthorised",
  edition = england.editions.setting,
  classes = "unauthorised",
  at_least = config.concern_unauthorised,
  weeks = config.concern_weeks,
}

return step {
  title = "Initial concern conversation",
  principle = "listen",
  audience = "staff",
  about = "An early conversation with the family about a worry, before it grows. It is to listen to what is in the "
    .. "way, and it may happen several times.",
  records = {
    spoke_to = fields.spoke_to,
    reason = fields.reason,
    parents_views = fields.parents_views,
    pupils_views = fields.pupils_views,
    agreed = fields.agreed,
    lead_told = fields.lead_told,
  },
  documents = { "initial-concern-letter" },
  outcomes = { "support-agreed", "no-concern", "not-engaged", "no-answer", "wrong-number", "message-left" },
  attempts = { "no-answer", "wrong-number", "message-left" },
  wrong_number = { "wrong-number" },
  refused = { "not-engaged" },
  fills = words.of,

  when = signs.of_concern(unauthorised),

  suggest = function(pupil, case)
    return pupil:count(unauthorised):because "absence without leave is adding up"
      or signs.late(pupil, case) or signs.decline(pupil, case)
  end,
}
