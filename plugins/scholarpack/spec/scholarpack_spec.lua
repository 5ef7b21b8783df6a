-- What comes out of weekly sheets of ScholarPack.
-- luacheck: std +busted

local kit = require "waymark.kit"

describe("a sheet of ScholarPack", function()
  local school, ada, ben

  setup(function()
    school = kit.school { use = 'use "england" use "support-first" use "scholarpack"', day = "2025-09-09",
      kit.pupil "Ada Byron" {}, kit.pupil "Ben Moss" {} }
    ada, ben = school:upn "Ada Byron", school:upn "Ben Moss"
  end)
  teardown(function() school:close() end)

  it("is read below its title, and its totals are no pupils", function()
    local report = school:import("marks", "week.csv", ([[
UPN,Pupil,Class,08/09/2025,,09/09/2025,
,,,AM,PM,AM,PM
%s,"Byron, Ada",5A,/,?,N,-
%s,"Moss, Ben",5A,?,?,/,-
Total,,,1,0,1,0
Page 1 of 1
]]):format(ada, ben))
    assert.are.same({ 3, 0 }, { report.added, report.left_out })
    assert.are.same({ ["2025-09-08 AM"] = "/", ["2025-09-09 AM"] = "N" }, school:marks "Ada Byron")
    assert.are.same({ ["2025-09-09 AM"] = "/" }, school:marks "Ben Moss")
  end)
end)
