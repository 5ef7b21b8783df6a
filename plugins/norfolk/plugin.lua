-- norfolk: the road map of support-first with what Norfolk has set. The school issues the
-- Notice to Improve; it runs for six school weeks, or 30 school days if that is sooner; the
-- school refers within 15 school days of its end.
return {
  name = "norfolk",
  version = "1.0",
  api = 3,
  title = "Attendance in Norfolk: the road map",
  licence = "MIT",
  extends = "support-first",
  requires = { "england" },
  reads = { "registers", "cases" },
  configure = {
    ["support-first"] = {
      authority_name = "Norfolk County Council",
      notice_issuer = "school",
      notice_period = sooner_of(school_weeks(6), school_days(30)),
      referral_days = 15,
    },
  },
}
