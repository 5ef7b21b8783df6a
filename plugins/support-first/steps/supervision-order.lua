-- An education supervision order, considered while support is formalised and not only when it is
-- to be enforced (Education Act 1996 s.447; Children Act 1989 s.36). No stop of the road map.
-- The decision on legal intervention reads it (england.decision).
return step {
  title = "Education supervision order considered",
  principle = "formalise",
  audience = "referral",
  about = "Whether a supervisor whom the family court appoints would help more than a penalty. It is talked over with "
    .. "the authority while support goes on, long before anything is enforced.",
  records = {
    discussed_with = { type = "text", title = "Discussed with", help = "with whom at the authority" },
    conclusion = { type = "text", help = "why it would help, or why not now" },
  },
  outcomes = { "not-now", "asked-for", "made", "not-made" },
}
