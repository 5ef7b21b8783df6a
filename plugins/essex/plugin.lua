return {
  name = "essex",
  version = "1.1",
  api = 3,
  title = "Addressing attendance in Essex: the road map",
  licence = "MIT",
  extends = "support-first",
  requires = { "england" },
  reads = { "registers", "cases" },
  configure = {
    ["support-first"] = {
      authority_name = "Essex County Council",
      team_name = "the Attendance Compliance Team",
      contract_documents = { "contract-invitation", "contract-rearranged", "contract-did-not-attend",
        "contract-pro-forma", "attendance-contract", "contract-review", "contract-failed" },
      notice_issuer = "school",
      notice_period = school_weeks(6),
      leave_sessions = 10,
      discuss_first = true,
    },
  },
}
