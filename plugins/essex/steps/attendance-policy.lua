-- What is expected of everybody: the school's own published policy.
return step {
  title = "Attendance policy",
  principle = "expect",
  about = "The school's attendance policy is published and every family knows it.",
  scope = "school",
  records = { "version", "published_on", "families_told_on" },
  outcomes = { "published", "reviewed" },
}
