-- The formal steps as the law and the guidance have them: what a Notice to Improve has to say,
-- what happens while it runs, what makes a contract one, what a plan leaves to be done, and a
-- holiday that was not granted.

local core = require "waymark.core"
local kit = require "waymark.kit"

local parents = {
  { title = "Mrs", forename = "Kim", surname = "Example", relationship = "mother", parental_responsibility = "1" },
  { title = "Mr", forename = "Lee", surname = "Example", relationship = "father", parental_responsibility = "1" },
}

-- Ten half days in September; half term is the week of 27 October.
local function ada(name, weeks)
  weeks = weeks or { "2025-09-08: OO OO OO OO OO", "2025-09-15 to 2025-12-12: // // // // //" }
  weeks.contacts = parents
  return kit.pupil(name or "Ada")(weeks)
end

local help = { support = "A place at breakfast club" }

local function school_of(...) return kit.school { use = 'use "england" use "essex"', ... } end

-- Early help of 16 September that was not taken up.
local function with_support(school, who)
  school:record(who or "Ada", "early-help", { on = "2025-09-16", fields = help })
  school:record(who or "Ada", "early-help", { on = "2025-09-30", outcome = "not-taken-up" })
  return school
end

local function section(school, day, name)
  local list = {}
  for _, row in ipairs(core.decode(school:on(day):run("today", "--format", "json").out)) do
    if row.section == name then list[#list + 1] = row end
  end
  return list
end

local function has(text, words) assert.truthy(text and text:find(words, 1, true), text or "nothing") end

local function lacks(text, words) assert.falsy(text:find(words, 1, true), text) end

local function refused(words, school, ...)
  local ok, message = pcall(school.record, school, ...)
  assert.is_false(ok)
  has(tostring(message), words)
end

local function last(school, who)
  local list = school:entries(who or "Ada")
  return list[#list]
end

describe("a Notice to Improve that runs", function()
  local school

  setup(function()
    school = with_support(school_of(ada("Ada", { "2025-09-08: OO OO OO OO OO",
      "2025-09-15 to 2025-12-12: // // // // //", "2025-11-10: O/ // // // /N" })):on "2025-10-16")
    for _, given in ipairs { { parent = "mother", tolerated = "2" }, { parent = "father", tolerated = "0" } } do
      school:record("Ada", "notice-to-improve", { fields = given })
    end
  end)
  teardown(function() school:close() end)

  it("counts no half day whose reason may still come, and says to find it first", function()
    local row = section(school, "2025-11-17", "running")[1]
    assert.are.equal("Notice to Improve, Mrs Kim Example", row.title)
    has(row.why, "1 unauthorised half day (up to 2 were agreed to) up to Monday 17 November; 1 more has no reason yet: "
      .. "find it first, by Friday 21 November")
    has(section(school, "2025-11-24", "running")[1].why, "2 unauthorised half days (up to 2 were agreed to)")
  end)

  it("prompts to offer support again, until some is recorded", function()
    has(section(school, "2025-11-17", "running")[1].why,
      "No support is recorded since: offer support again: what was not taken up, or something new.")
    has(section(school, "2025-11-17", "exceeded")[1].why, "offer support again")
    school:record("Ada", "early-help", { fields = { support = "A taxi on Mondays", parties = { "mother" } } })
    lacks(section(school, "2025-11-18", "running")[1].why, "offer support again")
  end)

  it("takes what the parent was told as an addition: the notice goes on as it was given", function()
    school:on "2025-11-19":record("Ada", "notice-to-improve",
      { fields = { parent = "father", told_parent_on = "2025-11-18" } })
    local added = last(school)
    assert.is_true(added.adds)
    assert.are.same({ parent = "Mr Lee Example", told_parent_on = "2025-11-18" }, added.fields)
    assert.are.same({}, section(school, "2025-11-19", "exceeded"))
    local row = section(school, "2025-11-19", "running")[2]
    has(row.why, "Runs from Monday 20 October to Friday 5 December")
    has(row.why, "Mr Lee Example was spoken to on Tuesday 18 November")
    has(school:run("chronology", "Ada Example").out, "Added to: Notice to Improve of Thursday 16 October 2025")
  end)

  it("has no second one beside it, by no reason", function()
    refused("for Mr Lee Example runs, and no second one is begun beside it; say what came of it with --outcome, or add "
      .. "to it with --set told_parent_on=…", school:on "2025-11-20", "Ada", "notice-to-improve",
      { fields = { parent = "father", issued_on = "2025-11-20" }, despite = "A new start" })
  end)

  it("shows at its end how many half days were agreed to", function()
    has(section(school, "2025-12-08", "ended")[1].why,
      "In it, 2 unauthorised half days (up to 2 were agreed to) and attendance of 96.67 % (58 of 60 half days)")
    school:record("Ada", "notice-to-improve", { outcome = "not-improved", fields = { parent = "father" } })
    assert.are.equal(1, #section(school, "2025-12-08", "ended"))
  end)

  it("has nothing added to it once it has ended", function()
    refused("none runs that this could be added to", school:on "2025-12-08", "Ada", "notice-to-improve",
      { fields = { parent = "father", told_parent_on = "2025-12-08" } })
  end)
end)

describe("support that was agreed", function()
  it("does not end the plan: what is to be done and looked at comes up", function()
    local school <close> = school_of(ada()):on "2025-09-16"
    school:record("Ada", "early-help", { fields = { support = "A taxi", review_dates = { "2025-09-19" },
      actions = { "Order the taxi; Sam Reed; 2025-09-26" } } })
    school:on "2025-09-19":record("Ada", "early-help", { outcome = "support-agreed" })
    local agreed = last(school)
    assert.are.same({ 2, "A taxi", { "2025-11-06" } },
      { agreed.version, agreed.fields.support, agreed.fields.review_dates })
    has(section(school, "2025-09-29", "reviews")[1].why, "agreed by Friday 26 September: Order the taxi (Sam Reed)")
    school:record("Ada", "early-help", { outcome = "working" })
    assert.are.equal(agreed.id, last(school).of)
    assert.are.same({}, section(school, "2025-11-10", "reviews"))
  end)

  it("with its actions in one entry is a plan", function()
    local school <close> = school_of(ada()):on "2025-09-16"
    school:record("Ada", "declining-attendance-meeting", { outcome = "support-agreed",
      fields = { actions = { "Order the taxi; Sam Reed; 2025-09-26" }, review_dates = { "2025-10-10" } } })
    has(section(school, "2025-09-29", "reviews")[1].why, "Order the taxi")
    has(section(school, "2025-10-10", "reviews")[1].why, "to be looked at again by Friday 10 October")
  end)
end)
