-- What Oakfield does differently from Essex: three small things.
return {
  name = "local",
  version = "1.0",
  api = 1,
  title = "What Oakfield does differently",
  extends = "essex",
  reads = { "registers", "cases" },
  configure = { essex = { check_in_absences = 8 } },   -- 1. another number
}
