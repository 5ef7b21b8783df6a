-- A meeting with the family: targeted and voluntary. What is agreed in it is a plan.
local common = require "support-first"
local fields = require "support-first.fields"
local words = require "support-first.words"

return step {
  title = "Declining attendance meeting",
  principle = "facilitate",
  about = "A meeting with the family about what has been tried and what would help. It is voluntary.",
  plan = true,
  records = fields.pick({ "parties", "made", "met_on", "attended_by", "parents_views", "pupils_views", "barriers",
    "actions", "review_dates", "agreed" }, {
    meeting_on = { type = "date", help = "the day to which the family is invited" },
    meeting_at = { type = "text", help = "the time and the place" },
    was_to_be_on = { type = "date", help = "the day that was rearranged" },
  }),
  documents = { "meeting-invitation", "meeting-rearranged", "meeting-minutes", "did-not-attend" },
  outcomes = { "support-agreed", "working", "not-working", "not-engaged", "did-not-attend", "rearranged" },
  attempts = { "rearranged" },
  complete = common.review,
  fills = words.of,

  suggest = function(pupil)
    return pupil:rate(common.low):because "attendance has fallen further"
  end,
}
