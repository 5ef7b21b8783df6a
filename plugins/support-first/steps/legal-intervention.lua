-- Legal intervention: referral to the authority's team, which alone decides on a penalty
-- notice or prosecution.
local common = require "support-first"
local words = require "support-first.words"

return step {
  title = "Legal intervention",
  principle = "enforce",
  audience = "referral",
  about = "A referral to the authority, which alone decides on a penalty notice or prosecution. Everything that "
    .. "was done to support the family goes with it.",
  records = {
    referred_on = { type = "date", help = "the day the referral was sent" },
    parent = { type = "contact", help = "the parent it is about" },
    route = { type = "text", help = "what the authority is asked for" },
    sent_to = { type = "text", help = "the team it was sent to" },
    reference = { type = "text", help = "the authority's reference" },
  },
  documents = { "referral-form" },
  outcomes = { "referred", "declined", "penalty-notice", "prosecution", "supervision-order", "withdrawn" },
  checklist = common.checklist,
  routes = common.routes,
  fills = words.of,

  gate = common.too_early_to_decide,

  when = recorded "legal-decision",

  suggest = function(pupil, case)
    local decided = case:last "legal-decision"
    if not decided or decided.outcome ~= "refer" then return nil end
    if not common.was_recorded_since(case, "legal-intervention", decided) then
      return common.decide_because(pupil, case, "a person decided to refer",
        ("referral decided %s"):format(decided.id or decided.on))
    end
  end,
}
