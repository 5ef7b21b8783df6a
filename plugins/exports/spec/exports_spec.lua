-- What comes out of exports of any system, by their shape.
-- luacheck: std +busted

local kit = require "waymark.kit"

describe("an export of the shape", function()
  local school, ada, ben

  setup(function()
    school = kit.school { use = 'use "england" use "support-first"', day = "2025-09-09",
      kit.pupil "Ada Byron" {}, kit.pupil "Ben Moss" {} }
    ada, ben = school:upn "Ada Byron", school:upn "Ben Moss"
  end)
  teardown(function() school:close() end)

  local function taken(name, text, ...)
    local report = school:import("marks", name .. ".csv", text:format(ada, ben), "--profile", name, ...)
    assert.are.equal(0, report.left_out)
    return school:marks "Ada Byron"["2025-09-08 AM"], school:marks "Ben Moss"["2025-09-08 AM"]
  end

  it("long is read", function()
    assert.are.same({ "/", "N" }, { taken("long", "UPN,Date,Session,Mark\n%s,2025-09-08,AM,/\n%s,2025-09-08,AM,N\n") })
  end)

  it("daily is read", function()
    assert.are.same({ "I", "/" }, { taken("daily", "UPN,Date,AM,PM\n%s,2025-09-08,I,I\n%s,2025-09-08,/,\\\n") })
  end)

  it("grid is read", function()
    assert.are.same({ "N", "L" }, { taken("grid", "UPN,2025-09-08 AM,2025-09-08 PM\n%s,N,N\n%s,L,\\\n") })
  end)

  it("string is read", function()
    assert.are.same({ "/", "I" }, { taken("string", "UPN,Start,Marks\n%s,2025-09-08,/\\\n%s,2025-09-08,II\n") })
  end)
end)
