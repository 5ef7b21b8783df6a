-- What is expected of everybody: the school's own published policy. A step of the school:
-- recorded for the school, looked at again each year, and never suggested for a pupil.
local words = require "support-first.words"

return step {
  title = "Attendance policy",
  principle = "expect",
  about = "What the school expects of every family, in a policy that is published and looked at each year. "
    .. "Everybody knows it before anything is wrong.",
  scope = "school",
  period = config.policy_review,
  records = {
    version = { type = "text", role = "version", help = "the policy's version, as it is printed on it" },
    published_on = { type = "date", role = "published", help = "the day it was published on the school's website" },
    families_told_on = { type = "date", role = "told", not_before = "published_on",
      help = "the day families were told of it" },
    review_by = { type = "date", role = "review-by", not_before = "published_on",
      help = "the day by which it is looked at again (a year, usually)" },
  },
  documents = { "policy-summary" },
  outcomes = { "published", "reviewed", "told" },
  tells = { reviewed = "reviewed", told = "told" },
  fills = words.of,
}
