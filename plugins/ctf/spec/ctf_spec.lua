-- What comes out of a common transfer file.
-- luacheck: std +busted

local kit = require "waymark.kit"

describe("a common transfer file", function()
  local school, ada, ben

  setup(function()
    school = kit.school { use = 'use "england" use "support-first" use "ctf"', day = "2025-09-09",
      kit.pupil "Ada Byron" {}, kit.pupil "Ben Moss" {} }
    ada, ben = school:upn "Ada Byron", school:upn "Ben Moss"
  end)
  teardown(function() school:close() end)

  it("has a string of marks for each pupil", function()
    local pupil = "<Pupil><UPN>%s</UPN><Attendance><YearData><LEA>881</LEA><Estab>9999</Estab><AttendSessions>"
      .. "<AttendanceStartDate>2025-09-08</AttendanceStartDate><AttendanceMarks>%s</AttendanceMarks>"
      .. "</AttendSessions></YearData></Attendance></Pupil>"
    local report = school:import("marks", "ctf.xml", "<CTfile><CTFpupilData>" .. pupil:format(ada, "/\\N")
      .. pupil:format(ben, "I-/") .. "</CTFpupilData></CTfile>")
    assert.are.same({ 5, 1, 0 }, { report.added, report.no_mark, report.left_out })
    assert.are.same({ ["2025-09-08 AM"] = "/", ["2025-09-08 PM"] = "\\", ["2025-09-09 AM"] = "N" },
      school:marks "Ada Byron")
    assert.are.same({ ["2025-09-08 AM"] = "I", ["2025-09-09 AM"] = "/" }, school:marks "Ben Moss")
  end)
end)
