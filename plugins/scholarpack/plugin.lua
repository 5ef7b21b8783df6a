return {
  name = "scholarpack",
  version = "1.0",
  api = 3,
  title = "How exports of ScholarPack are read",
  licence = "MIT",
}
