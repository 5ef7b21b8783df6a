-- Attendance contract: still supportive and voluntary (Anti-social Behaviour Act 2003
-- s.19). It cannot be made in a family's absence; that it was refused is worth keeping. It is
-- offered where it can help, not only after support that failed: it is suggested then, and nothing
-- holds it back before. What makes it a contract (s.19(4)), its checklist says.
local common = require "support-first"
local contract = require "england.contract"
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
  about = "A voluntary written agreement of what the family will do, and what the school will do to support it. "
    .. "New support is offered and earlier support offered again; it is no punishment.",
  kind = "contract",
  plan = true,
  records = {
    starts_on = { type = "date", help = "the day from which it holds", not_before = "met_on" },
    ends_on = { type = "date", help = "the day on which it ends", not_before = "starts_on" },
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
    requirements = { type = "list", title = "What the parents agree to",
      help = "what the parents agree to do in the period, one each, where it is no action with an owner and a day" },
    school_support = { type = "list", role = "support", title = "What the school agrees to give",
      help = "the support that the school agrees to give for that, one each" },
    actions = fields.actions,
    review_dates = fields.review_dates,
    signatures = { type = "signatures", help = "who signed, and when: name; date" },
  },
  documents = config.contract_documents,
  outcomes = { "kept", "not-kept", "not-agreed", "did-not-attend", "rearranged" },
  attempts = { "rearranged" },
  refused = { "not-kept", "not-agreed", "did-not-attend" },
  complete = common.review,
  checklist = contract.checklist,
  fills = words.contract,

  when = towards_threshold,

  suggest = function(pupil, case)
    if england.support_tried(case) then
      return pupil:count(towards_threshold):because "earlier support has not been enough"
    end
  end,
}
