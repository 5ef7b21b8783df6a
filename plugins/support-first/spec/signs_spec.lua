-- The early signs, by dated examples: when each speaks, and when it is quiet.
-- luacheck: std +busted

local kit = require "waymark.kit"
local pupil = kit.pupil

local use = 'use "england" use "support-first"'

local function found(school, who, step)
  for _, each in ipairs(school:suggested(who)) do
    if each.step == step then return each end
  end
end

local autumn = "2025-09-08 to 2025-11-21: // // // // //"

describe("the first dip", function()
  local steady = { autumn, "2025-11-24: // // // // //", "2025-12-01: // // // // //" }

  it("is somebody who was hardly ever away, and is now, in more than one piece", function()
    local school <close> = kit.school { use = use, pupil "Dee" (steady),
      pupil "Ada" { autumn, "2025-11-24: // II II // //", "2025-12-01: // // // II I/" } }
    local dip = found(school:on "2025-12-05", "Ada", "pupil-check-in")
    assert.are.equal("was hardly ever away, and now is: is anything new?", dip.reason)
    assert.are.equal("first-dip from 2025-12-01", dip.concern)
    assert.is_nil(found(school, "Dee", "pupil-check-in"))
  end)

  it("is no single illness, and no five half days", function()
    for _, weeks in ipairs { { "2025-11-24: // II II II I/", "2025-12-01: // // // // //" },
      { "2025-11-24: // II // // //", "2025-12-01: // // // II I/" } } do
      local school <close> = kit.school { use = use, pupil "Dee" (steady), pupil "Ada" { autumn, weeks[1], weeks[2] } }
      assert.is_nil(found(school:on "2025-12-05", "Ada", "pupil-check-in"))
    end
  end)

  it("is not for somebody who was away often before: that is no dip", function()
    local school <close> = kit.school { use = use .. " { weekday_points = 0 }", pupil "Dee" (steady),
      pupil "Ada" { "2025-09-08 to 2025-11-21: // // I/ // //", "2025-11-24: // II II // //",
        "2025-12-01: // // // II I/" } }
    assert.is_nil(found(school:on "2025-12-05", "Ada", "pupil-check-in"))
  end)

  it("is nobody's when everybody is away", function()
    local snow = { autumn, "2025-11-24: // II II // //", "2025-12-01: // // // II I/" }
    local school <close> = kit.school { use = use, pupil "Ada" (snow), pupil "Ben" (snow), pupil "Cal" (snow) }
    assert.are.same({}, school:on "2025-12-05":suggested())
  end)

  it("is not raised for a family that was spoken to in the last weeks", function()
    local school <close> = kit.school { use = use,
      pupil "Ada" { autumn, "2025-11-24: // II II // //", "2025-12-01: // // // II I/" },
      pupil "Ben" { autumn, "2025-11-24: // // // // //", "2025-12-01: // // // // //" },
    }
    school:on "2025-12-05":record("Ada", "absence-callback", { outcome = "no-answer", on = "2025-12-04" })
    assert.is_truthy(found(school, "Ada", "pupil-check-in")) -- nobody was reached
    school:record("Ada", "absence-callback", { outcome = "spoke" })
    assert.is_nil(found(school, "Ada", "pupil-check-in"))
  end)

  it("can be turned off", function()
    local school <close> = kit.school { use = use .. " { dip_points = 0 }",
      pupil "Ada" { autumn, "2025-11-24: // II II // //", "2025-12-01: // // // II I/" },
      pupil "Ben" { autumn, "2025-11-24: // // // // //", "2025-12-01: // // // // //" },
    }
    assert.are.same({}, school:on "2025-12-05":suggested())
  end)
end)

describe("a pattern of one weekday", function()
  -- Every other Friday; Ben as often, on different days.
  local fridays = { "2025-09-08 to 2025-11-28: // // // // //", "2025-09-19: -- -- -- -- II" }
  for i, monday in ipairs { "2025-09-15", "2025-09-29", "2025-10-13", "2025-11-03", "2025-11-17" } do
    fridays[i + 1] = monday .. ": // // // // II"
  end
  local mixed = { "2025-09-08 to 2025-11-28: // // // // //", "2025-09-15: II // // // //",
    "2025-09-29: // II // // //", "2025-10-13: // // II // //", "2025-11-03: // // // II //",
    "2025-11-17: // // // // II" }

  it("is read against the pupil's other days", function()
    local school <close> = kit.school { use = use, pupil "Ada" (fridays), pupil "Ben" (mixed),
      pupil "Cal" { "2025-09-08 to 2025-11-28: // // // // //" } }
    local pattern = found(school:on "2025-11-28", "Ada", "pupil-check-in")
    assert.is_truthy(pattern.reason:find("on one weekday", 1, true))
    assert.are.equal("weekday-pattern friday 2025-26", pattern.concern)
    assert.is_nil(found(school, "Ben", "pupil-check-in"))
  end)

  it("is none of a part-time timetable, whose days were agreed", function()
    local steady, agreed = "2025-09-08 to 2025-11-28: // // // // //", {}
    for i, line in ipairs(fridays) do agreed[i] = line:gsub("II", "[C2][C2]") end
    local school <close> = kit.school { use = use, pupil "Ada" (agreed), pupil "Cal" { steady } }
    assert.is_nil(found(school:on "2025-11-28", "Ada", "pupil-check-in"))
    -- Four mornings of illness beside the afternoons that were agreed.
    local days = { "2025-09-08 to 2025-11-28: // // // // /[C2]" }
    for i, monday in ipairs { "2025-10-06", "2025-11-03", "2025-11-10", "2025-11-17" } do
      days[i + 1] = monday .. ": -- -- -- -- I[C2]"
    end
    local other <close> = kit.school { use = use, pupil "Ada" (days), pupil "Cal" { steady } }
    assert.is_truthy(found(other:on "2025-11-28", "Ada", "pupil-check-in"))
  end)

  it("is quiet where the whole school stays away on that day", function()
    local school <close> = kit.school { use = use, pupil "Ada" (fridays), pupil "Ben" (fridays),
      pupil "Cal" (fridays) }
    assert.is_nil(found(school:on "2025-11-28", "Ada", "pupil-check-in"))
  end)
end)

describe("lateness", function()
  it("is six late arrivals in six school weeks, before and after the register closed", function()
    local school <close> = kit.school { use = use,
      pupil "Ada" { "2025-09-08: L/ // U/ // L/", "2025-09-15: L/ // U/ // L/" },
      pupil "Ben" { "2025-09-08: L/ // U/ // L/", "2025-09-15: L/ // U/ // //" },
    }
    local late = found(school:on "2025-09-19", "Ada", "initial-concern")
    assert.are.equal("lateness from 2025-09-19 AM", late.concern)
    assert.is_nil(found(school, "Ben", "initial-concern"))
  end)
end)

describe("a decline", function()
  it("is attendance that fell against the weeks before, whatever it was", function()
    local patchy = "2025-09-08 to 2025-11-07: // // I/ // //"
    local school <close> = kit.school { use = use .. " { check_in_absences = 20 }",
      pupil "Ada" { patchy, "2025-11-10 to 2025-12-05: // II I/ // I/" },
      pupil "Ben" { patchy, "2025-11-10 to 2025-12-05: // // I/ // //" },
    }
    local fall = found(school:on "2025-12-05", "Ada", "initial-concern")
    assert.are.equal("attendance has fallen against the weeks before", fall.reason)
    assert.is_nil(found(school, "Ben", "initial-concern"))
  end)
end)

describe("the return after a long absence", function()
  local two_weeks = { "2025-09-08: II II II II II", "2025-09-15: II II II II II", "2025-09-22: // // // // //",
    "2025-09-29: // // // // //" }

  it("is a check-in that welcomes: the absence itself, in other words, while nobody looked at it", function()
    local school <close> = kit.school { use = use, pupil "Ada" (two_weeks) }
    local away = found(school:on "2025-09-19", "Ada", "pupil-check-in")
    assert.are.equal("away several times in the last weeks", away.reason)
    local back = found(school:on "2025-09-22", "Ada", "pupil-check-in")
    assert.are.equal("a welcome back after a long absence", back.reason)
    assert.are.equal(away.concern, back.concern)
  end)

  it("is a concern of its own when the family was called meanwhile", function()
    local school <close> = kit.school { use = use, pupil "Ada" (two_weeks) }
    school:on "2025-09-12":suggest()
    school:record("Ada", "absence-callback", { outcome = "spoke" })
    assert.is_nil(found(school:on "2025-09-19", "Ada", "pupil-check-in"))
    school:on "2025-09-22":suggest()
    assert.are.equal("back from 2025-09-22 AM", found(school, "Ada", "pupil-check-in").concern)
    school:record("Ada", "pupil-check-in", { outcome = "spoke" })
    assert.is_nil(found(school:on "2025-09-24", "Ada", "pupil-check-in"))
  end)

  it("comes too late after a week", function()
    local school <close> = kit.school { use = use .. " { check_in_absences = 40 }", pupil "Ada" (two_weeks) }
    assert.is_truthy(found(school:on "2025-09-26", "Ada", "pupil-check-in"))
    assert.is_nil(found(school:on "2025-09-29", "Ada", "pupil-check-in"))
  end)
end)
