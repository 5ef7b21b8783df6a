-- The road map, step by step: when each is suggested, what holds it back, what answers it.
-- luacheck: std +busted

local kit = require "waymark.kit"
local pupil = kit.pupil

local use = 'use "england" use "support-first"'

local function has(list, name)
  for _, each in ipairs(list) do
    if each.step == name then return each end
  end
end

local mother = { { forename = "Kim", surname = "Example", relationship = "mother", parental_responsibility = "1" } }

describe("a call-back", function()
  it("is suggested on the day of an absence that nobody explained, and not for one that is explained", function()
    local school <close> = kit.school { use = use, pupil "Ada" { "2025-09-08: NN" }, pupil "Ben" { "2025-09-08: II" } }
    school:on "2025-09-08"
    assert.are.same({ "absence-callback" }, school:steps "Ada")
    assert.are.same({}, school:steps "Ben")
  end)
end)

describe("a call-back for an absence that was explained", function()
  local school

  setup(function()
    school = kit.school { use = use, pupil "Ada" { "2025-09-08: // II II I/ //" },
      pupil "Ben" { "2025-09-08: // // II // //" }, pupil "Cal" { "2025-09-08: CC [C2][C2] EE GG CC" },
      pupil "Dee" { "2025-09-08: // II II II II" } }
    school:on "2025-09-08":record("Ben", "early-help", { fields = { support = "a taxi" } })
    school:on "2025-09-09":record("Dee", "absence-callback", { outcome = "spoke" })
  end)
  teardown(function() school:close() end)

  it("is suggested after three school days in a row, of whatever reason", function()
    assert.are.same({}, school:on "2025-09-10":steps "Ada")
    school:mark("Ada", "2025-09-08: -- -- -- II //")
    assert.are.same({ "absence-callback" }, school:on "2025-09-11":steps "Ada")
  end)

  it("is suggested on the first day, where support is in place", function()
    local call = school:on "2025-09-10":suggested "Ben"[1]
    assert.are.equal("callback-away from 2025-09-10 AM", call.concern)
    assert.are.same({}, school:on "2025-09-11":steps "Ben")
  end)

  it("is none for leave, a timetable or an exclusion that is known, nor when the family was spoken to", function()
    for _, who in ipairs { "Cal", "Dee" } do assert.are.same({}, school:on "2025-09-11":steps(who)) end
  end)
end)

describe("a check-in", function()
  it("is suggested after ten half days in four school weeks, whatever the reason", function()
    local school <close> = kit.school { use = use,
      pupil "Ada" { "2025-09-08: II II //", "2025-09-29: MM I/ II I/" },
      pupil "Ben" { "2025-09-08: II II //", "2025-09-29: MM I/ II //" },
      pupil "Cal" { "2025-09-08: II II //", "2025-10-06: MM I/ II I/" },
    }
    assert.are.same({ "pupil-check-in" }, school:on "2025-10-02":steps "Ada")
    assert.are.same({}, school:steps "Ben")
    assert.are.same({}, school:on "2025-10-09":steps "Cal") -- in five school weeks
  end)
end)

describe("a check-in that was recorded", function()
  it("is a word with the pupil, not with a parent, unless somebody else is named", function()
    local school <close> = kit.school { use = 'use "england" use "support-first"',
      kit.pupil "Ada" { "2025-09-08: //" } }
    school:record("Ada", "pupil-check-in", { outcome = "spoke" })
    assert.are.equal("the pupil", school:entries "Ada"[1].body.fields.spoke_to)
  end)
end)

describe("the first conversation", function()
  it("is suggested at four half days without leave in six school weeks", function()
    local school <close> = kit.school { use = use,
      pupil "Ada" { "2025-09-08: O/ // U/ // OO" }, pupil "Ben" { "2025-09-08: O/ // U/ // O/" },
    }
    local found = has(school:on "2025-09-12":suggested "Ada", "initial-concern")
    assert.are.equal("recent-unauthorised from 2025-09-12 PM", found.concern)
    assert.are.same({}, school:steps "Ben")
  end)

  it("may happen several times: a new spell is a new concern", function()
    local school <close> = kit.school { use = use,
      pupil "Ada" { "2025-09-08: OO OO // // //", "2025-09-15 to 2025-11-14: // // // // //", "2025-11-17: OO OO" },
    }
    school:on "2025-09-12":suggest()
    school:record("Ada", "initial-concern", { outcome = "support-agreed" })
    assert.is_nil(has(school:suggested "Ada", "initial-concern"))
    assert.is_truthy(has(school:on "2025-11-18":suggested "Ada", "initial-concern"))
  end)
end)

describe("early help", function()
  it("is suggested at 90 % or less, once sixty half days were possible", function()
    local school <close> = kit.school { use = use, pupil "Ada" { "2025-09-08 to 2025-10-24: // // // /I //" },
      pupil "Ben" { "2025-09-08 to 2025-10-24: // // // // //", "2025-09-08: // // // /I //" } }
    assert.is_nil(has(school:on "2025-10-10":suggested "Ada", "early-help")) -- 50 half days
    school:on "2025-10-23":mark("Ada", "2025-09-15: // /I")
    local found = has(school:suggested "Ada", "early-help")
    assert.are.equal("early-help 2025-26 at 90", found.concern)
    assert.is_nil(has(school:suggested "Ben", "early-help"))
  end)

  it("is a plan: a second entry is its next version, and its outcome ends it", function()
    local school <close> = kit.school { use = use, pupil "Ada" { "2025-09-08: OO" } }
    school:on "2025-09-12"
    school:record("Ada", "early-help", { fields = { barriers = "the bus" } })
    school:record("Ada", "early-help", { fields = { support = "a taxi" } })
    school:record("Ada", "early-help", { outcome = "working" })
    local list = school:events "entry.recorded"
    assert.are.equal(3, #list)
  end)
end)

describe("a meeting", function()
  it("is suggested at 80 % or less", function()
    local school <close> = kit.school { use = use,
      pupil "Ada" { "2025-09-08 to 2025-10-23: II // // // //" },
      pupil "Ben" { "2025-09-08 to 2025-10-23: I/ // // // //" } }
    school:on "2025-10-23"
    assert.is_truthy(has(school:suggested "Ada", "declining-attendance-meeting"))
    assert.is_nil(has(school:suggested "Ben", "declining-attendance-meeting"))
  end)

  it("that is rearranged answers nothing", function()
    local school <close> = kit.school { use = use, pupil "Ada" { "2025-09-08 to 2025-10-23: II // // // //" } }
    school:on "2025-10-23":suggest()
    school:record("Ada", "declining-attendance-meeting", { outcome = "rearranged" })
    assert.is_truthy(has(school:suggested "Ada", "declining-attendance-meeting"))
  end)
end)

-- Eight half days without leave, then ten.
local function school_with_support(days, outcome)
  local school = kit.school { use = use, pupil "Ada" { days, contacts = mother } }
  school:on "2025-09-12"
  if outcome then school:record("Ada", "early-help", { outcome = outcome, on = "2025-09-10" }) end
  return school
end

local eight, ten = "2025-09-08: OO OO OO OO //", "2025-09-08: OO OO OO OO OO"

describe("a contract", function()
  it("is suggested at eight half days without leave, once support was tried", function()
    local tried <close> = school_with_support(eight, "not-taken-up")
    assert.is_truthy(has(tried:suggested "Ada", "attendance-contract"))
    local works <close> = school_with_support(eight, "working")
    assert.is_nil(has(works:suggested "Ada", "attendance-contract"))
  end)

  it("is for a child of compulsory school age (s.19), as the threshold is", function()
    local school <close> = kit.school { use = 'use "england" use "support-first"',
      kit.pupil "Tim" { eight, dob = "2021-02-10" }, kit.pupil "Ann" { eight, dob = "2015-02-10" } }
    for _, who in ipairs { "Tim", "Ann" } do
      school:on "2025-09-12":record(who, "early-help", { outcome = "not-taken-up", on = "2025-09-12" })
    end
    assert.is_nil(has(school:suggested "Tim", "attendance-contract"))
    assert.is_truthy(has(school:suggested "Ann", "attendance-contract"))
  end)

  it("that was rearranged is not made yet", function()
    local school <close> = school_with_support(eight, "not-taken-up")
    school:suggest()
    school:record("Ada", "attendance-contract", { outcome = "rearranged" })
    assert.is_truthy(has(school:suggested "Ada", "attendance-contract"))
    school:record("Ada", "attendance-contract", { outcome = "not-agreed" })
    assert.is_nil(has(school:suggested "Ada", "attendance-contract"))
  end)
end)

describe("a Notice to Improve", function()
  it("is suggested when the threshold is met and support was not taken up, not engaged with or did not work", function()
    for outcome, expected in pairs { ["not-taken-up"] = true, ["not-engaged"] = true, ["not-working"] = true,
      ["support-agreed"] = false, working = false } do
      local school <close> = school_with_support(ten, outcome)
      assert.are.equal(expected, has(school:suggested "Ada", "notice-to-improve") ~= nil, outcome)
    end
  end)

  it("is not suggested at nine, whatever was tried", function()
    local school <close> = school_with_support("2025-09-08: OO OO OO OO O/", "not-working")
    assert.is_nil(has(school:suggested "Ada", "notice-to-improve"))
  end)
end)

describe("deciding, and legal intervention", function()
  it("follow only what a person recorded", function()
    local school <close> = school_with_support(ten, "not-working")
    assert.is_nil(has(school:suggested "Ada", "legal-decision"))
    school:record("Ada", "notice-to-improve", { fields = { parent = "Kim Example" } })
    school:record("Ada", "notice-to-improve", { outcome = "not-improved", fields = { parent = "Kim Example" } })
    assert.is_truthy(has(school:suggested "Ada", "legal-decision"))
    assert.is_nil(has(school:suggested "Ada", "legal-intervention"))
    school:record("Ada", "legal-decision", { outcome = "refer" })
    assert.is_truthy(has(school:suggested "Ada", "legal-intervention"))
  end)
end)

describe("the road map", function()
  it("asks a step only about those who meet its when", function()
    local school <close> = kit.school { use = use, pupil "Ada" { "2025-09-08: NN" }, pupil "Ben" { "2025-09-08: //" } }
    local calls = school:calls()
    assert.are.equal(1, calls["absence-callback"].suggest) -- Ada
    assert.are.equal(0, calls["early-help"].suggest)
    assert.are.equal(0, calls["legal-decision"].suggest) -- nobody has a case
  end)
end)
