-- A meeting with the family: targeted and voluntary. What is agreed in it is a plan.
local common = require "support-first"
local england = require "england"
local fields = require "support-first.fields"
local words = require "support-first.words"

local low = rate { name = "declining", bands = config.meeting_bands, least_possible = config.least_possible,
  edition = england.editions.setting }

return step {
  title = "Declining attendance meeting",
  principle = "facilitate",
  audience = "family",
  about = "A meeting with the family about what has been tried and what would help now. It is voluntary, and is to "
    .. "end in support that everybody agreed to.",
  plan = true,
  records = {
    meeting_on = fields.meeting_on,
    meeting_at = fields.meeting_at,
    was_to_be_on = fields.was_to_be_on,
    met_on = fields.met_on,
    attended_by = fields.attended_by,
    parties = fields.parties,
    made = fields.made,
    parents_views = fields.parents_views,
    pupils_views = fields.pupils_views,
    barriers = fields.barriers,
    actions = fields.actions,
    agreed = fields.agreed,
    review_dates = fields.review_dates,
  },
  documents = { "meeting-invitation", "meeting-rearranged", "meeting-minutes", "did-not-attend" },
  outcomes = { "support-agreed", "working", "not-working", "not-engaged", "did-not-attend", "rearranged" },
  attempts = { "rearranged" },
  goes_on = { "support-agreed" },
  refused = { "not-working", "not-engaged", "did-not-attend" },
  complete = common.review,
  fills = words.of,

  when = low,
  because = "attendance has fallen further",
}
