return profile {
  title = "Arbor: exports of statutory roll call, and custom reports",
  about = "Students > Attendance > Statutory roll call, or a custom report, downloaded as CSV or Excel. The columns of "
    .. "a custom report are whatever its author chose.",
  confirmed = { "exports are made by users and have no fixed headings; a title stands above them" },
  believed = {
    "names are in Legal Last Name and Legal First Name; the UPN in Unique Pupil Number (UPN)",
    "a grid has the date and AM or PM in its headings",
    "dates are day first",
  },
  marks = {
    dates = "day-first",
    columns = {
      upn = { "Unique Pupil Number (UPN)", "Unique Pupil Number", "UPN" },
      admission_number = { "Admission Number", "Arbor Student ID", "Student ID" },
      date = { "Date", "Attendance Date" }, session = { "Session", "Roll Call", "AM/PM" },
      code = { "Attendance Mark", "Mark", "Attendance Code" }, minutes_late = { "Minutes Late", "Late Minutes" },
      comment = { "Note", "Notes", "Comment" },
    },
    marks = { ["?"] = "", ["-"] = "", ["!"] = "" },
  },
  pupils = {
    dates = "day-first",
    columns = {
      upn = { "Unique Pupil Number (UPN)", "Unique Pupil Number", "UPN" },
      surname = { "Legal Last Name", "Legal Surname", "Last Name" },
      forename = { "Legal First Name", "Legal Forename", "First Name" },
      admission_number = { "Admission Number" }, year = { "Year Group", "Year group" },
      form = { "Registration Form", "Form" }, dob = { "Date of Birth" }, sex = { "Sex", "Gender" },
      joined = { "Enrolment Start Date", "Admission Date" }, left = { "Enrolment End Date", "Leaving Date" },
    },
  },
  contacts = {
    columns = {
      upn = { "Unique Pupil Number (UPN)", "Unique Pupil Number", "UPN" },
      surname = { "Guardian Last Name", "Primary Guardian Last Name" },
      forename = { "Guardian First Name", "Primary Guardian First Name" },
      relationship = { "Guardian Relationship", "Relationship" }, email = { "Guardian Email", "Email Address" },
      phone = { "Guardian Mobile", "Guardian Telephone", "Mobile" },
    },
  },
}
