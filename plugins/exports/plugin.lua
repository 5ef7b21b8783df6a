return {
  name = "exports",
  version = "1.0",
  api = 3,
  title = "Exports of any system, by their shape: long, daily, grid, string",
  licence = "MIT",
}
