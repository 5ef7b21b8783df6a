return {
  name = "sims",
  version = "1.0",
  api = 3,
  title = "How exports of SIMS are read",
  licence = "MIT",
}
