-- What Oakfield does differently from Essex: three small things.
return {
  name = "local",
  version = "1.1",
  api = 3,
  title = "What Oakfield does differently",
  extends = "essex",
  requires = { "support-first" },
  reads = { "registers", "cases" },
  configure = { essex = { check_in_absences = 8 } },   -- 1. another number
}
