-- Medical evidence for an absence: what was seen, and for which days. It is asked for only where
-- there is a real doubt (WT July 2026, "medical evidence"). No stop of the road map.
return step {
  title = "Medical evidence",
  principle = "monitor",
  audience = "family",
  about = "What shows that a child was too ill for school, and for which days. It is asked for only where there is a "
    .. "real doubt, and an appointment card or a prescription is enough.",
  records = {
    given_by = { type = "contact", help = "the parent who gave it" },
    seen = { type = "choice", title = "What was seen", help = "what was seen",
      choices = { "appointment", "prescription", "letter", "report", "other" } },
    covers_from = { type = "date", title = "Covers, from", help = "the first day that it is about" },
    covers_to = { type = "date", title = "Covers, to", not_before = "covers_from", help = "the last day" },
    content = { type = "text", title = "What it says", audience = "staff",
      help = "what it says of the child's health, if that has to be kept at all; it never leaves staff" },
  },
  outcomes = { "accepted", "not-accepted", "asked-for" },
  attempts = { "asked-for" },
}
