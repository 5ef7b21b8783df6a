-- A visit at home: who went, when, and what was said. No stop of the road map.
local fields = require "support-first.fields"

return step {
  title = "Home visit",
  principle = "listen",
  audience = "referral",
  about = "A friendly visit when the family could not be reached, or would rather talk at home. It is to see that the "
    .. "child is well and what would help, never to check up.",
  records = {
    visited_by = { type = "list", title = "Who went", help = "who went, one each; two together where there is a risk" },
    visited_at = { type = "text", title = "At what time", help = "the time, and whether it was arranged" },
    spoke_to = fields.spoke_to,
    child_seen = { type = "yes-no", title = "The child was seen", help = "whether the child was seen" },
    parents_views = fields.parents_views,
    pupils_views = { type = "text", title = "The pupil's views", audience = "staff",
      help = "what the pupil says, in the pupil's words; it never leaves staff" },
    agreed = fields.agreed,
    risk = { type = "text", title = "Risk to staff", audience = "staff",
      help = "what staff should know before anybody goes again; it never leaves staff" },
    lead_told = fields.lead_told,
  },
  outcomes = { "spoke", "nobody-in", "not-let-in" },
  attempts = { "nobody-in", "not-let-in" },
}
