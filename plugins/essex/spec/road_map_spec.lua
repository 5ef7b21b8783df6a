-- The road map of Essex, step by step: when each is suggested, and what holds it back.
-- luacheck: std +busted

local kit = require "waymark.kit"
local pupil = kit.pupil

local function step_of(list, name)
  for _, each in ipairs(list) do
    if each.step == name then return each end
  end
end

describe("the absence call-back", function()
  local school

  before_each(function()
    school = kit.school {
      pupil "Ada" { "2025-09-08: // NN // NN" },
      pupil "Ben" { "2025-09-08: // II // //" },
    }
  end)
  after_each(function() school:close() end)

  it("is suggested for an absence that nobody explained", function()
    assert.are.same({ "absence-callback" }, school:on "2025-09-09":steps "Ada")
    assert.are.same({}, school:steps "Ben")
  end)

  it("is answered by a call, until there is a new absence", function()
    school:on "2025-09-09":suggest()
    school:record("Ada", "absence-callback", { outcome = "spoke", fields = { reason = "a cold" } })
    assert.are.same({}, school:on "2025-09-10":steps "Ada")
    local found = school:on "2025-09-11":suggested "Ada"
    assert.are.equal("N-streak from 2025-09-11 AM", found[1].concern)
  end)

  it("is not answered by a call that nobody took", function()
    school:on "2025-09-09":suggest()
    school:record("Ada", "absence-callback", { outcome = "no-answer" })
    assert.are.same({ "absence-callback" }, school:steps "Ada")
  end)

  it("lapses when the reason comes in", function()
    school:on "2025-09-09":suggest()
    school:on("2025-09-10"):mark("Ada", "2025-09-08: -- II"):suggest()
    local lapsed = school:events "suggestion.lapsed"
    assert.are.equal(1, #lapsed)
    assert.are.equal("absence-callback", lapsed[1].step)
  end)

  it("can wait for more than one half day", function()
    local other <close> = kit.school {
      use = 'use "england" use "essex" { callback_sessions = 3 }',
      pupil "Ada" { "2025-09-08: // /N NN" },
    }
    assert.are.same({}, other:on "2025-09-09":steps "Ada")
    assert.are.same({ "absence-callback" }, other:on "2025-09-10":steps "Ada")
  end)
end)

describe("a Notice to Improve", function()
  local school

  setup(function()
    school = kit.school {
      pupil "Cal" { "2025-09-08 to 2025-10-24: // O/ O/ // //" },
      pupil "Dee" { "2025-09-08 to 2025-10-24: // // // // //" },
    }
    school:on "2025-10-24"
  end)
  teardown(function() school:close() end)

  it("is not suggested before support was tried", function()
    assert.is_nil(step_of(school:suggested "Cal", "notice-to-improve"))
  end)

  it("says how many half days count towards the threshold", function()
    local why = school:explain("Cal", "notice-to-improve")
    local national
    for _, each in ipairs(why.evidence) do
      if each.rule == "national" then national = each end
    end
    assert.are.equal(14, national.count)
    assert.is_true(national.met)
  end)

  it("is held back for somebody who was in school", function()
    local ok, message = pcall(school.record, school, "Dee", "notice-to-improve", {})
    assert.is_false(ok)
    assert.is_truthy(message:find("the national threshold is not met", 1, true))
  end)

  it("is explained as it always was", function()
    kit.golden("notice-to-improve.txt", school:run("explain", "Cal Example", "notice-to-improve").out)
  end)
end)

describe("the road map", function()
  it("asks every step once for every pupil", function()
    local school <close> = kit.school {
      pupil "Ada" { "2025-09-08: // NN" }, pupil "Ben" { "2025-09-08: // //" },
    }
    for _, calls in pairs(school:calls()) do
      assert.are.equal(2, calls.suggest)
    end
  end)
end)
