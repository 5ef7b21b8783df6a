-- What comes out of reports of SIMS.
-- luacheck: std +busted

local core = require "waymark.core"
local kit = require "waymark.kit"

describe("an export of SIMS", function()
  local school, ada, ben

  setup(function()
    school = kit.school { use = 'use "england" use "support-first" use "sims"', day = "2025-09-09",
      kit.pupil "Ada Byron" {}, kit.pupil "Ben Moss" {} }
    ada, ben = school:upn "Ada Byron", school:upn "Ben Moss"
  end)
  teardown(function() school:close() end)

  -- What is kept of a pupil on a day of September: { session, code, minutes late, comment, sub-code }.
  local function details(who, day)
    local rows, list = school:run("sql", "--format", "json", ("SELECT session, code, minutes_late, comment, sub_code "
      .. "FROM mark WHERE upn = '%s' AND date = '2025-09-%02d' ORDER BY session"):format(school:upn(who), day)), {}
    for i, row in ipairs(core.decode(rows.out)) do
      list[i] = { row.session, row.code, row.minutes_late, row.comment, row.sub_code }
    end
    return list
  end

  it("has sub-codes, which are kept beside their codes, minutes late, and - for no mark", function()
    local report = school:import("marks", "sims.csv", ([[
Adno,Legal Surname,UPN,Attendance Date,Session Name,Attendance Mark,MinsLate
1,Byron,%s,08/09/2025,AM,I01,
1,Byron,%s,08/09/2025,PM,-,
2,Moss,%s,08/09/2025,AM,L,25
]]):format(ada, ada, ben))
    assert.are.same({ 2, 1, 0, 2 }, { report.added, report.no_mark, report.left_out, report.details })
    assert.are.same({ ["2025-09-08 AM"] = "I" }, school:marks "Ada Byron")
    assert.are.same({ ["2025-09-08 AM"] = "L" }, school:marks "Ben Moss")
  end)

  it("comes as XML with numbers of people, Latin letters, comments and minutes late", function()
    school:import("pupils", "adno.csv", ("upn,surname,forename,admission_number\n%s,Byron,Ada,007\n%s,Moss,Ben,8\n")
      :format(ada, ben))
    local record = "<SessionAttendance><PersonID>%s</PersonID><AttendanceDate>2025-09-0%d</AttendanceDate>"
      .. "<SessionName>%s</SessionName><AttendanceMark>%s</AttendanceMark>%s</SessionAttendance>\n"
    local report = school:import("marks", "sessions.xml", '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
      .. "<SessionAttendances>\n"
      .. record:format("7", 9, "AM", "L", "<Comments>Caf\xE9 &amp; bus</Comments><MinsLate>12</MinsLate>")
      .. record:format("7", 9, "PM", "I02", "<Comments/><MinsLate>0</MinsLate>")
      .. record:format("8", 9, "AM", "-", "") .. record:format("8", 9, "PM", "\\", "<Comments/><MinsLate/>")
      .. record:format("99", 9, "AM", "/", "") .. "</SessionAttendances>\n", "--profile", "sims")
    assert.are.same({ 3, 1, 1, 2, "ISO-8859-1" },
      { report.added, report.no_mark, report.left_out, report.details, report.encoding })
    assert.are.same({ { "AM", "L", 12, "Café & bus" }, { "PM", "I", nil, nil, "I02" } }, details("Ada Byron", 9))
    assert.are.same({ { "PM", "\\" } }, details("Ben Moss", 9))
  end)

  it("has pupils under the headings of a report", function()
    local report = school:import("pupils", "report.csv", ("Adno,Legal Surname,Legal Forename,UPN,Year,Reg,DOB,DOA,"
      .. "SEN Status\n007,Byron,Ada,%s,Year 5,5B,10/12/2015,01/09/2020,K\n"
      .. "12,Zo\xEB,Mia,L881999900012,Year 4,4A,03/04/2016,,N\n"):format(ada))
    assert.are.same({ 1, 1, 0, {}, "Windows-1252" },
      { report.added, report.changed, report.left_out, report.groups, report.encoding })
  end)

  it("has contacts under the headings of a report", function()
    local report = school:import("contacts", "parents.csv",
      "Adno,Surname,Forename,Contact Surname,Contact Forename,Relationship,Priority,Parental Responsibility,"
      .. "Main telephone\n7,Byron,Ada,Gordon,Jo,Mother,1,Y,0123 456\n7,Byron,Ada,Milbanke,Sam,Father,2,N,\n")
    assert.are.same({ 2, 0 }, { report.added, report.left_out })
  end)
end)
