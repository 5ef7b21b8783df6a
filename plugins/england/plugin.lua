return {
  name = "england",
  version = "1.0",
  api = 1,
  title = "Attendance in England: codes, rates, the national threshold",
  licence = "MIT",
  reads = { "registers", "cases" },
}
