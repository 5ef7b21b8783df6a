-- What steps work out of one pupil: days that were left open, what is missing, which routes
-- are open, and the words of documents.
-- luacheck: std +busted

local kit = require "waymark.kit"

local parents = {
  { title = "Mrs", forename = "Kim", surname = "Example", relationship = "mother", parental_responsibility = "1" },
  { title = "Mr", forename = "Lee", surname = "Example", relationship = "father", parental_responsibility = "1" },
}

local school, notice

-- Ten half days in September; a notice of Thursday 16 October, for six school weeks from
-- Monday 20 October to Friday 5 December (half term is the week of 27 October).
setup(function()
  school = kit.school { use = 'use "england" use "support-first"',
    kit.pupil "Ada" { "2025-09-08: OO OO OO OO OO", "2025-09-15 to 2025-12-12: // // // // //",
      "2025-11-10: O/ // // // /U", contacts = parents } }
  school:on "2025-10-16":record("Ada", "early-help", { outcome = "not-taken-up", on = "2025-09-16" })
  school:record("Ada", "notice-to-improve", { fields = { parent = "mother", support_now = "Breakfast club" } })
  local entries = school:entries "Ada"
  notice = entries[#entries]
end)
teardown(function() school:close() end)

-- The fields of the last entry of a step.
local function recorded(step)
  local fields
  for _, each in ipairs(school:entries "Ada") do
    if each.step == step then fields = each.body.fields end
  end
  return fields
end

local function words(day, entry)
  return school:on(day):consult("Ada", "notice-to-improve", "fills", { entry = entry or notice.id })
end

describe("a Notice to Improve", function()
  it("has its days worked out: received on the second working day, six school weeks from then", function()
    local fields = notice.body.fields
    assert.are.same({ "2025-10-16", "2025-10-20", "2025-10-20", "2025-12-05", 0 },
      { fields.issued_on, fields.served_on, fields.period_from, fields.period_to, fields.tolerated })
    assert.is_nil(fields.refer_by) -- no authority, no limit
  end)

  it("has a list of what it has to say, and what is missing", function()
    local missing = {}
    for _, each in ipairs(school:consult("Ada", "notice-to-improve", "checklist")) do
      if each.needed and not each.there then missing[#missing + 1] = each.item end
    end
    assert.are.same({ "The support given so far: what was offered, and when",
      "Support that was not taken up, offered again" }, missing)
  end)

  it("says in its documents what has happened since, in half days and words", function()
    assert.are.equal("no half day without leave", words("2025-11-07").since)
    assert.are.equal("2 half days without leave (Monday 10 November 2025, morning; Friday 14 November 2025, afternoon)",
      words("2025-11-14").since)
    assert.are.equal("Friday 21 November 2025", words("2025-11-14").answer_by)
    assert.are.equal("no unauthorised absence at all in this time", words("2025-11-14").enough_improvement)
    assert.is_nil(words("2025-11-14").period_figures)
  end)

  it("says at its end the figures of the period beside those of the same length before", function()
    school:on "2025-12-08":record("Ada", "notice-to-improve", { outcome = "improved" })
    local entries = school:entries "Ada"
    local found = words("2025-12-08", entries[#entries].id)
    assert.are.equal("yes", found.improved)
    assert.is_nil(found.not_improved)
    assert.are.equal("96.67 % (58 of 60 half days); 2 half days without leave", found.period_figures)
    assert.are.equal("83.33 % (50 of 60 half days); 10 half days without leave", found.before_figures)
  end)
end)

describe("a long Notice to Improve", function()
  it("has its own days, however much is written, and says every half day since", function()
    local long = ("Breakfast club, and a message each morning. "):rep(20)
    local other <close> = kit.school { use = 'use "england" use "support-first"',
      kit.pupil "Ben" { "2025-09-08 to 2025-12-12: OO OO OO OO OO", contacts = parents } }
    other:on "2025-10-16":record("Ben", "early-help", { outcome = "not-taken-up", on = "2025-09-16" })
    other:record("Ben", "notice-to-improve", { fields = { parent = "mother", support_now = long,
      enough_improvement = long } })
    local entries = other:entries "Ben"
    local entry = entries[#entries]
    assert.are.same({ "2025-10-20", "2025-12-05" }, { entry.body.fields.period_from, entry.body.fields.period_to })
    local found = other:on "2025-12-12":consult("Ben", "notice-to-improve", "fills", { entry = entry.id })
    assert.are.equal(long, found.enough_improvement)
    assert.is_truthy(found.since:find "^60 half days without leave %(Monday 20 October 2025, morning and afternoon; ")
    assert.is_truthy(found.since:find "Friday 5 December 2025, morning and afternoon%)$")
  end)
end)

describe("a Notice to Improve whose registers are not all in", function()
  it("says how far they are", function()
    local other <close> = kit.school { use = 'use "england" use "support-first"',
      kit.pupil "Cat" { "2025-09-08 to 2025-10-17: OO OO OO OO OO", "2025-10-20: O/ // // // //", contacts = parents } }
    other:on "2025-10-16":record("Cat", "early-help", { outcome = "not-taken-up", on = "2025-09-16" })
    other:record("Cat", "notice-to-improve", { fields = { parent = "mother" } })
    local entries = other:entries "Cat"
    local function filled(day)
      return other:on(day):consult("Cat", "notice-to-improve", "fills", { entry = entries[#entries].id })
    end
    local now, reach = "1 half day without leave", "; our registers are in up to Friday 24 October 2025"
    assert.are.equal(now .. " (Monday 20 October 2025, morning)", filled("2025-10-24").since)
    assert.are.equal(now .. " (Monday 20 October 2025, morning)", filled("2025-11-02").since) -- a holiday
    assert.are.equal(now .. " (Monday 20 October 2025, morning)" .. reach, filled("2025-11-14").since)
    assert.are.equal("90.00 % (9 of 10 half days); " .. now .. reach, filled("2025-12-12").period_figures)
  end)
end)

describe("a plan", function()
  it("is looked at again after six school weeks, unless days are agreed", function()
    school:on "2025-12-08":record("Ada", "early-help", { fields = { support = "A taxi" } })
    assert.are.same({ "2026-01-30" }, recorded("early-help").review_dates)
    school:record("Ada", "attendance-contract", { fields = { review_dates = { "2025-12-12", "2025-12-19" } } })
    assert.are.same({ "2025-12-12", "2025-12-19" }, recorded("attendance-contract").review_dates)
  end)
end)

describe("deciding", function()
  it("shows for each parent which routes are open", function()
    local open = {}
    for _, each in ipairs(school:on "2025-11-14":consult("Ada", "legal-decision", "routes")) do
      open[#open + 1] = each.route .. (each.open and ": open" or ": not open")
    end
    local routes = { "first penalty notice: open", "prosecution: open", "education supervision order: open" }
    assert.are.same({ routes[1], routes[2], routes[3], routes[1], routes[2], routes[3] }, open)
  end)

  it("names what nobody has answered yet", function()
    local there = {}
    for _, each in ipairs(school:on "2025-11-14":consult("Ada", "legal-decision", "checklist")) do
      there[each.item] = each.there
    end
    assert.is_true(there["The national threshold is met"])
    assert.is_false(there["An education supervision order was considered"])
  end)
end)

describe("a plan that is made with parents apart", function()
  it("has the words of neither, in its next version too", function()
    school:on "2025-12-12"
    for _, step in ipairs { "declining-attendance-meeting", "attendance-contract" } do
      local function record(fields) return pcall(school.record, school, "Ada", step, { fields = fields }) end
      local both = { "mother", "father" }
      local ok, message = record { parties = both, made = "apart", parents_views = "He never rings" }
      assert.is_false(ok)
      assert.is_truthy(message:find("would read each other's words in it", 1, true), message)
      assert.is_true((record { parties = both, made = "apart" }))
      ok, message = record { parents_views = "He never rings" }
      assert.is_false(ok)
      assert.is_truthy(message:find("would read each other's words in it", 1, true), message)
      assert.is_true((record { parties = both, made = "jointly", parents_views = "We want this to work" }))
    end
  end)
end)
