return {
  name = "wonde",
  version = "1.0",
  api = 3,
  title = "How pages of the Wonde API, saved as files, are read",
  licence = "MIT",
}
