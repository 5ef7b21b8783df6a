return {
  name = "callbacks",
  version = "1.0",
  api = 3,
  title = "One message a day to the attendance officer with the call-backs suggested",
  licence = "MIT",
  reads = { "registers", "pupil.name", "pupil.groups" },
  sends = { "mail-staff" },
  options = {
    to = { default = "attendance_officer", type = "text",
      help = "who gets the message: a role of staff { … } in waymark.lua" },
    steps = { default = { "absence-callback" }, type = "list", of = "text",
      help = "the steps of the road map that it tells of" },
  },
}
