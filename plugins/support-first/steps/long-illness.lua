-- Illness that a person expects to reach fifteen school days in the year: what the sickness
-- return lists besides those that the registers show. No stop of the road map.
return step {
  title = "Long illness",
  principle = "monitor",
  audience = "staff",
  about = "Illness that somebody who knows expects to reach fifteen school days in the year. The sickness return "
    .. "has it from then on, so that the child is taught meanwhile.",
  records = {
    expected_until = { type = "date", help = "until when the pupil is expected to be away, if that is known" },
    said_by = { type = "text", title = "Who expects it", help = "a parent, a doctor, the school nurse …" },
  },
  outcomes = { "no-longer-expected" },
}
