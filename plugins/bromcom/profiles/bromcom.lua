return profile {
  title = "Bromcom: attendance reports and quick reports",
  about = "A quick report or an attendance report, exported as CSV or Excel. The columns are "
    .. "whatever its author chose.",
  confirmed = { "exports are made by users and have no fixed headings; a title stands above them" },
  believed = {
    "names are in Legal Last Name and Legal First Name or Last Name and First Name; the form is the Tutor Group",
    "dates are day first",
    "marks that are still to be taken are blank, - or @",
  },
  marks = {
    dates = "day-first",
    columns = {
      upn = { "UPN", "Unique Pupil Number" }, admission_number = { "Admission Number", "Adno", "Student ID" },
      date = { "Attendance Date", "Session Date", "Date" }, session = { "AM/PM", "Session", "Session Name" },
      code = { "Attendance Code", "Mark", "Attendance Mark", "Code" }, minutes_late = { "Minutes Late", "Late" },
      comment = { "Comment", "Comments", "Note" },
    },
    marks = { ["-"] = "", ["@"] = "", ["?"] = "" },
  },
  pupils = {
    dates = "day-first",
    columns = {
      surname = { "Legal Last Name", "Last Name", "Preferred Last Name" },
      forename = { "Legal First Name", "First Name", "Preferred First Name" },
      admission_number = { "Admission Number" }, year = { "Year Group", "Year" }, form = { "Tutor Group" },
      dob = { "Date of Birth" }, sex = { "Gender", "Sex" }, joined = { "Admission Date" }, left = { "Leaving Date" },
    },
  },
}
