-- What a Notice to Improve leads to when it did not work (DOMAIN.md, "Notice to Improve"): it
-- was the final opportunity, and weeks that go by do not undo the threshold behind it.
-- luacheck: std +busted

local kit = require "waymark.kit"

local parents = {
  { forename = "Anne", surname = "Byron", relationship = "mother", parental_responsibility = "1" },
  { forename = "George", surname = "Byron", relationship = "father", parental_responsibility = "1" },
}

-- Ten half days on 8 to 12 September, one more on 20 November.
local function school_with(use, days)
  local list = days or { "2025-09-08: OO OO OO OO OO", "2025-09-15 to 2025-12-12: // // // // //",
    "2025-11-17: // // // O/ //" }
  list.contacts = parents
  local school = kit.school { use = 'use "england" use "' .. use .. '"', kit.pupil "Ada" (list) }
  school:on "2025-10-08":record("Ada", "early-help", { outcome = "not-taken-up", on = "2025-09-16" })
  return school
end

local function give(school, parent, day)
  school:on(day or "2025-10-08"):record("Ada", "notice-to-improve", { fields = { parent = parent } })
end

local function ends(school, parent, outcome, day)
  school:on(day or "2025-12-05"):record("Ada", "notice-to-improve", { outcome = outcome, fields = { parent = parent } })
end

local function decision(school) return school:explain("Ada", "legal-decision") end

describe("a Notice to Improve that did not work", function()
  for _, use in ipairs { "support-first", "essex", "norfolk" } do
    it("leads to a decision though its window has gone by: " .. use, function()
      local school <close> = school_with(use)
      give(school, "mother")
      ends(school, "mother", "not-improved")
      local found = decision(school)
      assert.is_nil(found.gate)
      assert.is_true(found.suggested)
      assert.are.equal(11, found.evidence[1].count)
      school:record("Ada", "legal-decision", { outcome = "refer" })
      assert.is_true(school:explain("Ada", "legal-intervention").suggested)
      for _, each in ipairs(school:suggested "Ada") do assert.are_not.equal("legal-decision", each.step) end
      school:record("Ada", "legal-intervention", { outcome = "referred" })
      assert.is_false(school:explain("Ada", "legal-intervention").suggested)
    end)
  end

  it("opens the routes of its own parent, by its own half days", function()
    local school <close> = school_with "support-first"
    give(school, "mother")
    ends(school, "mother", "not-improved")
    local routes = school:consult("Ada", "legal-decision", "routes")
    assert.is_true(routes[1].open)
    assert.is_truthy(routes[1].words:find("11 half days can be relied on", 1, true))
    assert.is_false(routes[4].open)
    assert.is_truthy(routes[4].words:find("the national threshold was met on Friday 12 September 2025, not in the ten "
      .. "weeks to today: 1 of 10", 1, true), routes[4].words)
    assert.is_truthy(school:explain("Ada", "notice-to-improve").gate:find("the national threshold was met on Friday "
      .. "12 September 2025, not in the ten weeks to today: 1 of 10", 1, true))
    local first = school:consult("Ada", "legal-decision", "checklist")[1]
    assert.is_true(first.there)
    assert.is_truthy(first.words:find("met when the Notice to Improve of Wednesday 8 October 2025 was issued", 1, true))
  end)

  it("leads nowhere when the threshold was not met on the day it was given", function()
    local school <close> = school_with("support-first", { "2025-09-08: OO OO OO // //",
      "2025-09-15 to 2025-12-12: // // // // //", "2025-11-17: OO OO // // //" })
    school:on "2025-10-08":record("Ada", "notice-to-improve", { fields = { parent = "mother" }, despite = "a test" })
    ends(school, "mother", "not-improved")
    assert.is_truthy(decision(school).gate:find("the national threshold was met on Tuesday 18 November 2025, not in "
      .. "the ten weeks to today: 4 of 10", 1, true))
  end)

  it("is the one parent's: the other's improvement, or withdrawal, does not hide it", function()
    for _, outcome in ipairs { "improved", "withdrawn" } do
      local school <close> = school_with "support-first"
      give(school, "mother")
      give(school, "father")
      ends(school, "mother", "not-improved")
      ends(school, "father", outcome)
      local found = decision(school)
      assert.is_true(found.suggested)
      assert.are.equal("the Notice to Improve to Anne Byron ended without enough improvement", found.reason)
    end
  end)

  it("is over once that parent has a newer one that runs", function()
    local school <close> = school_with("support-first", { "2025-09-08: OO OO OO OO OO",
      "2025-09-15 to 2025-12-12: // // // // //", "2025-11-17: OO OO OO OO OO" })
    give(school, "mother")
    ends(school, "mother", "not-improved", "2025-12-05")
    assert.is_true(decision(school).suggested)
    give(school, "mother", "2025-12-08")
    assert.is_false(decision(school).suggested)
  end)
end)
