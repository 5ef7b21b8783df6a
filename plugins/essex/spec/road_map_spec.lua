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
      pupil "Dee" { "2025-09-08 to 2025-10-24: // // // // //",
        contacts = { { forename = "Kim", surname = "Example", relationship = "mother" } } },
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
    local ok, message = pcall(school.record, school, "Dee", "notice-to-improve", { fields = { parent = "mother" } })
    assert.is_false(ok)
    assert.is_truthy(message:find("the national threshold is not met", 1, true))
  end)

  it("is explained as it always was", function()
    kit.golden("notice-to-improve.txt", school:run("explain", "Cal Example", "notice-to-improve").out)
  end)
end)

describe("Essex itself", function()
  local mother = { { forename = "Kim", surname = "Example", relationship = "mother" } }

  local function notice(school) return school:explain("Ada", "notice-to-improve") end

  local function tried(pupil_of, what)
    local school = kit.school { pupil_of, years = what and what.years }
    school:on(what and what.day or "2025-09-19")
    school:record("Ada", "early-help", { outcome = "not-engaged", on = what and what.day or "2025-09-10" })
    return school
  end

  it("counts O, U and G: nine and an N are not enough, and the N is named", function()
    local school <close> = tried(pupil "Ada" { "2025-09-08: OO UU GG OO ON", "2025-09-15: // // // // //" })
    assert.is_truthy(notice(school).gate:find("Essex cannot act yet: 9 of 10", 1, true))
    assert.is_truthy(notice(school).gate:find("N on Fri 12 Sep 2025, afternoon", 1, true))
    school:mark("Ada", "2025-09-08: -- -- -- -- -O")
    assert.is_true(notice(school).suggested)
  end)

  it("counts ten of them though an N lies in the same weeks", function()
    local school <close> = tried(pupil "Ada" { "2025-09-08: OO UU GG OO OO", "2025-09-15: NN // // // //" })
    assert.is_true(notice(school).suggested)
  end)

  it("decides on a holiday of ten half days by another route, not by a notice", function()
    local school <close> = tried(pupil "Ada" { "2025-09-08: GG GG GG GG GG", "2025-09-15: // // // // //" })
    local gate = notice(school).gate
    assert.is_truthy(gate:find("10 half days of holiday in a row that was not granted (G): Essex County Council "
      .. "decides on it by its leave-of-absence route", 1, true), gate)
    assert.is_nil(school:explain("Ada", "legal-decision").gate)
  end)

  it("says of a holiday that it goes by the leave-of-absence route, not by the support-first form", function()
    local school <close> = kit.school { pupil "Ada" { "2025-09-08: GG GG GG GG GG", "2025-09-15: // // // // //",
      contacts = mother } }
    school:on "2025-09-19":record("Ada", "legal-decision", { outcome = "another-route",
      fields = { route = "leave-of-absence" } })
    local needed = {}
    for _, each in ipairs(school:consult("Ada", "legal-intervention", "checklist")) do
      if each.needed and not each.there then needed[#needed + 1] = each.words or each.item end
    end
    assert.are.equal("10 half days of holiday in a row from Monday 8 September 2025, morning: that goes by the "
      .. "leave-of-absence route of Essex County Council, not by the support-first form", needed[1])
    for _, words in ipairs(needed) do assert.is_nil(words:find("contract", 1, true)) end
    local rules = {}
    for _, each in ipairs(school:explain("Ada", "legal-decision").evidence) do rules[each.rule] = each.met end
    assert.is_true(rules["holiday-in-a-row"])
  end)

  it("gives a notice when the threshold is met without the holiday", function()
    local school <close> = tried(pupil "Ada" { "2025-09-08: GG GG GG GG GG", "2025-09-15: OO OO OO OO OO" })
    assert.is_true(notice(school).suggested)
  end)

  it("has a notice run for six school weeks, half term left out", function()
    local school <close> = kit.school { pupil "Ada" { "2025-09-08: OO OO OO OO OO", contacts = mother } }
    school:on "2025-09-19":record("Ada", "early-help", { outcome = "not-engaged", on = "2025-09-10" })
    school:record("Ada", "notice-to-improve", { fields = { parent = "mother", period_from = "2025-10-06" } })
    local entries = school:entries "Ada"
    assert.are.equal("2025-11-21", entries[#entries].body.fields.period_to)
  end)

  it("has its rules from September 2024: before that day nothing formal is acted on", function()
    local years = 'year "2024-25" { term { "2024-08-19", "2024-12-20" } }'
    local weeks = { "2024-08-19: OO OO OO OO OO", "2024-08-26: // // // // //", "2024-09-02: // // // // //" }
    local before <close> = tried(pupil "Ada" (weeks), { years = years, day = "2024-08-30" })
    assert.is_truthy(notice(before).gate:find("has no rules in force on Friday 30 August 2024; the first hold from "
      .. "Sunday 1 September 2024", 1, true))
    local after <close> = tried(pupil "Ada" (weeks), { years = years, day = "2024-09-02" })
    assert.is_true(notice(after).suggested)
  end)
end)

describe("the road map", function()
  it("asks a step only about those who meet its when", function()
    local school <close> = kit.school {
      pupil "Ada" { "2025-09-08: // NN" }, pupil "Ben" { "2025-09-08: // //" },
    }
    local calls = school:calls()
    assert.are.equal(1, calls["absence-callback"].suggest) -- Ada
    assert.are.equal(0, calls["early-help"].suggest)
    assert.are.equal(0, calls["legal-decision"].suggest) -- nobody has a case
  end)
end)
