-- penalty_step: the step "penalty-notice": a notice that the authority issued, and what
-- became of it, for each parent and child. It is no stop of the road map: nothing suggests
-- it, and only the authority (or whom it authorised) issues one.
--
-- A road map takes it with a file steps/penalty-notice.lua of one line and a word in its
-- init.lua:
--   return require "england.penalty_step"
--   further = { "penalty-notice" }
-- The arithmetic is that of penalty.lua.
local penalty = require "england.penalty"

return step {
  title = "Penalty notice",
  principle = "enforce",
  audience = "family",
  about = "A penalty notice to one parent for one child, by whomever it was issued, and what became of it. It is "
    .. "recorded so that what is possible next can be worked out for each parent and child.",
  each_parent = true,
  records = {
    parent = { type = "contact", required = true, help = "whom it was issued to" },
    issuer = { type = "text", help = "who issued it, such as the authority or the police" },
    issued_on = { type = "date", role = "issued", help = "the day on the notice" },
    posted_on = { type = "date", not_before = "issued_on", help = "if it was posted on another day" },
    served_on = { type = "date", not_before = "issued_on",
      help = "the day it was received; posted: the second working day after" },
    offence_from = { type = "date", help = "the first day of the absence that it is about" },
    offence_to = { type = "date", not_before = "offence_from", help = "… and the last" },
    sessions = { type = "list", title = "Half days relied on", help = "one each, such as 2025-09-08 AM" },
    amount = { type = "number", title = "Amount in pounds", least = 0, most = 10000, help = "pounds" },
    reduced_amount = { type = "number", title = "Amount in pounds, if paid early", least = 0, most = 10000,
      help = "pounds, if paid early" },
    reduced_until = { type = "date", not_before = "served_on", help = "the last day for the reduced amount" },
    pay_by = { type = "date", not_before = "served_on", help = "the last day to pay" },
    reference = { type = "text", help = "the issuer's own number" },
  },
  -- not-paid and prosecuted leave it open: it is withdrawn, or ends in court.
  outcomes = { "paid", "not-paid", "withdrawn", "prosecuted", "convicted", "not-convicted" },
  attempts = { "not-paid", "prosecuted" },

  complete = penalty.complete,
}
