-- A mark of two digits more than its code is the code with a sub-code of SIMS: I01 is I, X01 is X.
local sub_codes = {}
for letter in ("ABCDEGHIJKLMNOPQRSTUVWXYZ"):gmatch "." do
  for number = 1, 9 do sub_codes[("%s%02d"):format(letter, number)] = letter end
end

return profile {
  title = "SIMS: reports and attendance exports",
  about = "A report of Reports > Design Report with UPN, date, session and mark, saved as CSV; or the XML of session "
    .. "attendances. A report's headings are whatever its designer called them: where one is not known, say it with "
    .. "--column, or copy this profile.",
  confirmed = {
    "SIMS writes - where there is no mark, and sub-codes of up to three characters, such as I01 and X01",
    "text exports are Windows-1252, not UTF-8; the XML is ISO-8859-1 and says so",
    "the XML has SessionAttendance with PersonID, AttendanceDate, SessionName, AttendanceMark, Comments, MinsLate",
    "common headings: Adno, Legal Surname, Forename, UPN, Year, Reg",
  },
  believed = {
    "a sub-code begins with its code: what a school has made otherwise has to be said",
    "dates are day first",
    "PersonID is no UPN: it joins only where pupils came in with it as their admission number",
  },
  marks = {
    dates = "day-first",
    columns = {
      admission_number = { "Adno", "Admission Number", "PersonID" },
      date = { "AttendanceDate", "Attendance Date", "Mark Date", "Date" },
      session = { "SessionName", "Session Name", "Session" },
      code = { "AttendanceMark", "Attendance Mark", "Mark" },
      comment = { "Comments", "Comment" },
      minutes_late = { "MinsLate", "Minutes Late", "Mins Late" },
    },
    marks = { ["-"] = "", ["*"] = "", ["?"] = "" },
    sub_codes = sub_codes,
  },
  pupils = {
    dates = "day-first",
    columns = {
      surname = { "Legal Surname", "Surname" }, forename = { "Legal Forename", "Forename" },
      admission_number = { "Adno", "Admission Number" }, year = { "Year", "Year Group" },
      form = { "Reg", "Reg Group", "Registration Group" }, dob = { "DOB", "Date of birth" },
      joined = { "DOA", "Date of Admission" }, left = { "DOL", "Date of Leaving" },
      sen = { "SEN Status", "SEN" }, fsm = { "Eligible for free meals", "FSM" },
    },
  },
  contacts = {
    columns = {
      admission_number = { "Adno", "Admission Number" },
      surname = { "Contact Surname", "Surname" }, forename = { "Contact Forename", "Forename" },
      parental_responsibility = { "Parental Responsibility", "Responsibility" }, priority = { "Priority" },
      phone = { "Telephone", "Main telephone", "Home telephone" }, email = { "Email", "Main email" },
    },
  },
}
