-- What comes out of reports of Bromcom.
-- luacheck: std +busted

local kit = require "waymark.kit"

describe("an export of Bromcom", function()
  local school, ada, ben

  setup(function()
    school = kit.school { use = 'use "england" use "support-first" use "bromcom"', day = "2025-09-09",
      kit.pupil "Ada Byron" {}, kit.pupil "Ben Moss" {} }
    ada, ben = school:upn "Ada Byron", school:upn "Ben Moss"
  end)
  teardown(function() school:close() end)

  it("is read below its title, and its totals are no pupils", function()
    local report = school:import("marks", "bromcom.csv", ([[
Attendance - weekly
First Name,Last Name,Tutor Group,UPN,Session Date,AM/PM,Attendance Code
Ada,Byron,5A,%s,08/09/2025,AM,/
Ben,Moss,5A,%s,08/09/2025,AM,I
Total,,,,,,2
]]):format(ada, ben))
    assert.are.same({ 2, 0 }, { report.added, report.left_out })
    assert.are.same({ ["2025-09-08 AM"] = "/" }, school:marks "Ada Byron")
    assert.are.same({ ["2025-09-08 AM"] = "I" }, school:marks "Ben Moss")
  end)
end)
