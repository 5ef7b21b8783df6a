return {
  name = "thresholds",
  version = "1.0",
  api = 3,
  title = "One message a day of thresholds that are newly met or undone: who, by which mark, with which import",
  licence = "MIT",
  reads = { "registers", "pupil.name", "pupil.groups" },
  sends = { "mail-staff" },
  options = {
    to = { default = "attendance_officer", type = "text",
      help = "who gets the message: a role of staff { … } in waymark.lua" },
  },
}
