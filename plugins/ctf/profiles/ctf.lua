return profile {
  title = "Common transfer file (CTF)",
  about = "The XML file by which English schools hand over pupils; every system writes it. Its marks are one string a "
    .. "pupil and school year.",
  confirmed = {
    "the elements: the specification of the Department for Education",
    "a string has a place for each morning and afternoon from AttendanceStartDate on",
  },
  believed = {
    "Saturdays and Sundays take no places: where a system's do, say weekends = true in a profile of your own",
    "YearData names the school of the marks by LEA and Estab",
  },
  marks = {
    records = "AttendSessions",
    shape = "string",
    columns = { upn = "UPN", start = "AttendanceStartDate", marks = "AttendanceMarks", school = "LEAEstab" },
    marks = { ["-"] = "" },
  },
  pupils = {
    records = "Pupil",
    columns = { upn = "UPN", surname = "Surname", forename = "Forename", dob = "DOB", sex = { "Sex", "Gender" },
      year = { "NCyearActual", "NCYear" }, joined = "EntryDate", left = "LeavingDate" },
  },
}
