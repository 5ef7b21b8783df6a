-- central-bedfordshire: the road map of support-first in Central Bedfordshire. Known is what the
-- council's own form for a penalty notice says: whom a school asks, with a register extract, the
-- chronology of what was done, and the refusal of leave. The rest is in its code of conduct, which
-- it gives on request and which is not known here: `not_known` names it, and until it is asked the
-- numbers are those of the national guidance.
return {
  name = "central-bedfordshire",
  version = "1.0",
  api = 3,
  title = "Attendance in Central Bedfordshire: the road map, as far as it is known",
  licence = "MIT",
  extends = "support-first",
  requires = { "england" },
  reads = { "registers", "cases" },
  configure = {
    ["support-first"] = {
      authority_name = "Central Bedfordshire Council",
      team_name = "the Access and Inclusion Service",
      not_known = {
        "who issues a Notice to Improve, and how long it runs",
        "which codes it counts, and whether a half day without a reason (N) bars a notice",
        "whether a holiday goes by a route of its own",
        "in how many days a case is to be referred",
      },
    },
  },
}
