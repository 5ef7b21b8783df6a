-- buckinghamshire: the road map of support-first with what Buckinghamshire has set. The
-- authority issues the Notice to Improve; it runs for 60 half days of school and is looked
-- at after 30.
return {
  name = "buckinghamshire",
  version = "1.0",
  api = 3,
  title = "Attendance in Buckinghamshire: the road map",
  licence = "MIT",
  extends = "support-first",
  requires = { "england" },
  reads = { "registers", "cases" },
  configure = {
    ["support-first"] = {
      authority_name = "Buckinghamshire Council",
      notice_issuer = "authority",
      notice_period = sessions(60),
      notice_checks = { sessions(30) },
    },
  },
}
