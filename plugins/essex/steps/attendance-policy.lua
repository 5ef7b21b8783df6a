-- What is expected of everybody: the school's own published policy.
return step {
  title = "Attendance policy",
  principle = "expect",
  about = "The school's attendance policy is published and every family knows it.",
  scope = "school",
  records = { version = "text", published_on = "date", families_told_on = "date" },
  outcomes = { "published", "reviewed" },
}
