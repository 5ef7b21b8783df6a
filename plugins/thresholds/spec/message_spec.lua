-- The message about thresholds: to whom, about whom, by which mark and import.
-- luacheck: std +busted

local kit = require "waymark.kit"
local pupil = kit.pupil

describe("the message about thresholds", function()
  local school

  before_each(function()
    school = kit.school {
      use = 'use "england" use "essex" use "thresholds"',
      pupil "Ada Byron" { "2025-09-08: OO OO OO OO //" },
      pupil "Ben Moss" { "2025-09-08: // // // // //" },
    }
    school:on "2025-09-12":suggest()
  end)
  after_each(function() school:close() end)

  it("is not sent while none is met", function() assert.are.same({}, school:effects()) end)

  it("names who meets which, from when to when, by which mark and with which import", function()
    school:on "2025-09-15":mark("Ada Byron", "2025-09-15: O/"):suggest()
    school:on "2025-09-16":mark("Ada Byron", "2025-09-15: O/ O/"):suggest()
    local effects = school:effects()
    assert.are.same({ "Ada Byron", "mail", "attendance_officer" },
      { effects[1].pupil, effects[1].kind, effects[1].to })
    local text = effects[1].message
    assert.is_truthy(text:find("Ada Byron, 5A: national met\n  10 of 10 half days in 10 school weeks", 1, true), text)
    assert.is_truthy(text:find("Mon 8 Sep 2025 to Tue 16 Sep 2025; by Tue 16 Sep 2025", 1, true), text)
    assert.is_truthy(text:find("marks.csv (import ", 1, true), text)
    assert.is_nil(text:find("Ben Moss", 1, true))
  end)

  it("names the mark that undid it", function()
    school:on "2025-09-15":mark("Ada Byron", "2025-09-15: OO"):suggest()
    school:on "2025-09-16":mark("Ada Byron", "2025-09-08: MO"):suggest()
    local effects = school:effects()
    local text = effects[#effects].message
    assert.is_truthy(text:find("Ada Byron, 5A: national no longer met\n  9 of 10 stand; Mon 8 Sep 2025", 1, true), text)
    assert.is_truthy(text:find("O → M, with marks.csv (import ", 1, true), text)
  end)
end)
