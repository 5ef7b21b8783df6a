return {
  name = "arbor",
  version = "1.0",
  api = 3,
  title = "How exports of Arbor are read",
  licence = "MIT",
}
