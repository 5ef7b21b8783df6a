-- What Oakfield does differently from Essex: three small things.
return {
  name = "local",
  version = "1.1",
  api = 2,
  title = "What Oakfield does differently",
  extends = "essex",
  reads = { "registers", "cases" },
  consults = { "pupil.upn", "pupil.name", "pupil.groups", "pupil.dob", "sensitive", "contacts" },
  configure = { essex = { check_in_absences = 8 } },   -- 1. another number
}
