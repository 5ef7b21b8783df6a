-- Attendance contract: still supportive and voluntary (Anti-social Behaviour Act 2003
-- s.19). It cannot be made in a family's absence; that it was refused is worth keeping.
local common = require "support-first"
local england = require "england"
local fields = require "support-first.fields"
local words = require "support-first.words"

return step {
  title = "Attendance contract",
  principle = "formalise",
  about = "A voluntary written agreement: what the family will do and what the school will do.",
  plan = true,
  records = fields.pick({ "parties", "made", "met_on", "attended_by", "parents_views", "pupils_views", "barriers",
    "actions", "review_dates", "signatures" }, {
    starts_on = { type = "date", help = "the day from which it holds", not_before = "met_on" },
    ends_on = { type = "date", help = "the day on which it ends", not_before = "starts_on" },
  }),
  documents = { "attendance-contract", "contract-review" },
  outcomes = { "kept", "not-kept", "not-agreed", "did-not-attend", "rearranged" },
  attempts = { "rearranged" },
  complete = common.review,
  fills = words.of,

  gate = function(_, case) return common.nothing_tried(case) end,

  suggest = function(pupil, case)
    if england.support_tried(case) then
      return pupil:count(common.nearly):because "earlier support has not been enough"
    end
  end,
}
