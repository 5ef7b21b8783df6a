-- Attendance contract: still supportive and voluntary (Anti-social Behaviour Act 2003
-- s.19). It cannot be made in a family's absence; that it was refused is worth keeping.
local common = require "support-first"
local england = require "england"
local fields = require "support-first.fields"
local words = require "support-first.words"

local towards_threshold = count {
  name = "towards-threshold",
  edition = england.editions.setting,
  codes = "OUG",
  at_least = config.contract_unauthorised,
  weeks = england.national.weeks,
  since = england.national.since,
  ages = england.compulsory,
}

return step {
  title = "Attendance contract",
  principle = "formalise",
  audience = "family",
  about = "A voluntary written agreement: what the family will do and what the school will do.",
  kind = "contract",
  plan = true,
  records = {
    starts_on = { type = "date", help = "the day from which it holds", not_before = "met_on" },
    ends_on = { type = "date", help = "the day on which it ends", not_before = "starts_on" },
    met_on = fields.met_on,
    attended_by = fields.attended_by,
    parties = fields.parties,
    made = fields.made,
    parents_views = fields.parents_views,
    pupils_views = fields.pupils_views,
    barriers = fields.barriers,
    actions = fields.actions,
    review_dates = fields.review_dates,
    signatures = { type = "signatures", help = "who signed, and when: name; date" },
  },
  documents = { "attendance-contract", "contract-review" },
  outcomes = { "kept", "not-kept", "not-agreed", "did-not-attend", "rearranged" },
  attempts = { "rearranged" },
  refused = { "not-kept", "not-agreed", "did-not-attend" },
  complete = common.review,
  fills = words.of,

  gate = function(_, case) return common.nothing_tried(case) end,

  when = towards_threshold,

  suggest = function(pupil, case)
    if england.support_tried(case) then
      return pupil:count(towards_threshold):because "earlier support has not been enough"
    end
  end,
}
