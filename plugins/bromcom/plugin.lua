return {
  name = "bromcom",
  version = "1.0",
  api = 3,
  title = "How exports of Bromcom are read",
  licence = "MIT",
}
