-- That support first is not the right way, and why: a holiday, or any other reason that is
-- written down (WT July 2026, "support first"). No stop of the road map: with it a decision can
-- be made without support that was tried (england.support).
return step {
  title = "Support not appropriate",
  principle = "formalise",
  audience = "referral",
  about = "Why support would not be the right answer to this absence, in the words of whoever decided that. It is "
    .. "rare, and it is asked again whenever something new is known.",
  records = {
    because = { type = "text", required = true, title = "Because",
      help = "why support is not appropriate, or is again" },
    looked_at = { type = "text", title = "What was looked at",
      help = "what was looked at: needs, health, home, what the child says" },
  },
  outcomes = { "no-longer" },
}
