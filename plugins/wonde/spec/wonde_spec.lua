-- What comes out of pages of Wonde.
-- luacheck: std +busted

local kit = require "waymark.kit"

describe("a page of Wonde", function()
  local school, ada, ben

  setup(function()
    school = kit.school { use = 'use "england" use "support-first" use "wonde"', day = "2025-09-09",
      kit.pupil "Ada Byron" {}, kit.pupil "Ben Moss" {} }
    ada, ben = school:upn "Ada Byron", school:upn "Ben Moss"
  end)
  teardown(function() school:close() end)

  it("has codes by their ids, and days as objects", function()
    local mark = '{"date":{"date":"2025-09-08 00:00:00.000000","timezone_type":3},"session":"%s",'
      .. '"student":{"data":{"upn":"%s"}},"attendance_code_id":"%s","comment":null,"minutes_late":%s}'
    local report = school:import("marks", "page.json", ('{"data":[%s,%s],"attendance_codes":[{"id":"A1","code":"N"},'
      .. '{"id":"A2","code":"L"}]}'):format(mark:format("AM", ada, "A1", "null"), mark:format("PM", ben, "A2", "12")))
    assert.are.same({ 2, 0, 1 }, { report.added, report.left_out, report.details })
    assert.are.same({ ["2025-09-08 AM"] = "N" }, school:marks "Ada Byron")
    assert.are.same({ ["2025-09-08 PM"] = "L" }, school:marks "Ben Moss")
  end)
end)
