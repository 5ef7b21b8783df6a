-- What comes out of exports of Arbor.
-- luacheck: std +busted

local kit = require "waymark.kit"

describe("an export of Arbor", function()
  local school, ada, ben

  setup(function()
    school = kit.school { use = 'use "england" use "support-first" use "arbor"', day = "2025-09-09",
      kit.pupil "Ada Byron" {}, kit.pupil "Ben Moss" {} }
    ada, ben = school:upn "Ada Byron", school:upn "Ben Moss"
  end)
  teardown(function() school:close() end)

  it("is read below its title, and its totals are no pupils", function()
    local report = school:import("marks", "arbor.csv", ([[
Oakfield Primary School
Statutory roll call

Student,Unique Pupil Number (UPN),Date,Roll Call,Attendance Mark
"Byron, Ada",%s,08/09/2025,AM,/
"Moss, Ben",%s,08/09/2025,AM,N
Total,,,,2
]]):format(ada, ben))
    assert.are.same({ 2, 0 }, { report.added, report.left_out })
    assert.are.same({ ["2025-09-08 AM"] = "/" }, school:marks "Ada Byron")
    assert.are.same({ ["2025-09-08 AM"] = "N" }, school:marks "Ben Moss")
  end)
end)
