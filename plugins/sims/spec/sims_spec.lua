-- What comes out of reports of SIMS.
-- luacheck: std +busted

local kit = require "waymark.kit"

describe("an export of SIMS", function()
  local school, ada, ben

  setup(function()
    school = kit.school { use = 'use "england" use "support-first" use "sims"', day = "2025-09-09",
      kit.pupil "Ada Byron" {}, kit.pupil "Ben Moss" {} }
    ada, ben = school:upn "Ada Byron", school:upn "Ben Moss"
  end)
  teardown(function() school:close() end)

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
end)
