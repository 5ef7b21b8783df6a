return profile {
  title = "Wonde: pages of its API, saved as JSON files",
  about = "Pages of /attendance/session with include=student, and the list of /attendance-codes in the same file as "
    .. "attendance_codes; pages of /students with include=education_details. Each page is a file.",
  confirmed = {
    "lists are in data; a day is an object with date; session is AM or PM (Wonde's documentation)",
    "codes are looked up by attendance_code_id in a list of codes in the same file",
  },
  believed = {
    "the UPN is in student.data.upn, or in education_details.data.upn of a pupil",
    "minutes_late and comment are those of the mark",
  },
  marks = {
    shape = "long",
    columns = {
      upn = { "student.data.upn", "student.upn", "student.data.education_details.data.upn", "student_id.upn", "upn" },
      date = { "date.date", "date" }, session = "session",
      code = { "attendance_code.code", "attendance_code.data.code", "code" },
      minutes_late = "minutes_late", comment = "comment",
    },
  },
  pupils = {
    columns = {
      upn = { "education_details.data.upn", "upn" }, surname = { "legal_surname", "surname" },
      forename = { "legal_forename", "forename" }, dob = { "date_of_birth.date", "date_of_birth" }, sex = "gender",
      admission_number = { "education_details.data.admission_number", "mis_id" },
      year = "education_details.data.current_nc_year",
      joined = { "education_details.data.admission_date.date", "education_details.data.admission_date" },
    },
  },
}
