return {
  name = "ctf",
  version = "1.0",
  api = 3,
  title = "How common transfer files (CTF) are read",
  licence = "MIT",
}
