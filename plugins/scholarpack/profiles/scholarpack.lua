return profile {
  title = "ScholarPack: attendance reports",
  about = "An attendance report or a list of the report builder, exported as CSV. The columns are whatever its author "
    .. "chose.",
  confirmed = { "exports have no fixed headings; sheets end with rows of totals, which are no pupils" },
  believed = {
    "names are in Surname and Forename; the form is the Class",
    "a weekly sheet has the day in one heading row and AM or PM in a second one",
    "dates are day first",
  },
  marks = {
    dates = "day-first",
    columns = {
      upn = { "UPN" }, admission_number = { "Admission No", "Admission Number" }, date = { "Date" },
      session = { "Session", "AM/PM" }, code = { "Mark", "Code" }, minutes_late = { "Minutes Late" },
      comment = { "Comment", "Notes" },
    },
    marks = { ["-"] = "", ["?"] = "", ["*"] = "" },
  },
  pupils = {
    dates = "day-first",
    columns = {
      surname = { "Surname", "Legal Surname" }, forename = { "Forename", "First Name" },
      admission_number = { "Admission No", "Admission Number" }, year = { "Year", "Year Group" }, form = { "Class" },
      dob = { "DOB", "Date of Birth" }, sex = { "Gender", "Sex" }, joined = { "Admission Date", "Date Admitted" },
    },
  },
}
