-- What can be recorded besides the stops of the road map: what it works out, what it opens, and
-- what a decision reads of it.
-- luacheck: std +busted

local kit = require "waymark.kit"

local parents = {
  { title = "Mrs", forename = "Kim", surname = "Example", relationship = "mother", parental_responsibility = "1" },
}

local school

setup(function()
  school = kit.school { use = 'use "england" use "support-first" { discuss_first = true }',
    kit.pupil "Ada" { "2025-09-08 to 2025-12-19: // // // // //", "2025-11-10: OO OO OO OO OO", contacts = parents },
    kit.pupil "Ben" { "2025-09-08: // // // // //", contacts = parents } }
  school:on "2025-11-17"
end)
teardown(function() school:close() end)

-- The fields of the last entry of a step.
local function recorded(who, step)
  local fields
  for _, each in ipairs(school:entries(who)) do
    if each.step == step then fields = each.body.fields end
  end
  return fields
end

local function checked(step, text)
  for _, each in ipairs(school:consult("Ada", step, "checklist")) do
    if each.item:find(text, 1, true) then return each end
  end
  error("nothing about " .. text)
end

local function decision()
  for _, each in ipairs(school:suggested "Ada") do
    if each.step == "legal-decision" then return each end
  end
end

describe("leave that was asked for", function()
  local function leave_letter(name)
    return school:run("letter", "Ben", "leave-not-granted", "--parent", "mother", "-o",
      ("%s/%s.html"):format(school.space.top, name))
  end

  it("is to be answered within the days of a letter, and its answer says on what ground", function()
    school:record("Ben", "leave-request", { fields = { asked_by = "mother", leave_from = "2026-01-12" } })
    local request = recorded("Ben", "leave-request")
    assert.are.same({ "2025-11-17", "2026-01-12", "2025-11-24" },
      { request.asked_on, request.leave_to, request.answer_by })
    assert.is_truthy(school:on("2025-11-24"):run("today").out:find("Review: Leave asked for", 1, true))
    school:record("Ben", "leave-request", { outcome = "not-granted", fields = { ground = "a holiday" } })
    assert.is_nil(school:run("today").out:find("Review: Leave asked for", 1, true))
    assert.are.equal(0, leave_letter("answered").status)
  end)

  it("is not written about without the ground", function()
    school:record("Ben", "leave-request", { fields = { asked_by = "mother", leave_from = "2026-02-02" } })
    school:record("Ben", "leave-request", { outcome = "not-granted" })
    local made = leave_letter "unanswered"
    assert.are.equal(1, made.status)
    assert.is_truthy(made.err:find("On what ground it was answered", 1, true), made.err)
    school:record("Ben", "leave-request", { outcome = "granted-in-part",
      fields = { ground = ("each day was looked at by itself; "):rep(20) } })
    assert.are.equal(0, leave_letter("long").status)
    school:on "2025-11-17"
  end)

  it("is not said to be refused while it is not answered, or was granted", function()
    school:on "2025-12-08"
    for _, each in ipairs { { outcome = nil, said = "not answered yet" },
      { outcome = "granted", said = "granted on Monday 8 December 2025" } } do
      school:record("Ben", "leave-request", { outcome = each.outcome, fields = not each.outcome
        and { asked_by = "mother", leave_from = "2026-03-02" } or { ground = "a wedding" } })
      local made = leave_letter(each.outcome or "waiting")
      assert.are.equal(1, made.status)
      assert.is_truthy(made.err:find(each.said, 1, true), made.err)
    end
    school:on "2025-11-17"
  end)

  it("is asked about by no day where the calendar has none left", function()
    local words = school:on("2025-12-19"):consult("Ben", "leave-request", "fills")
    assert.are.equal("Friday 9 January 2026", words.answer_by)
    words = school:on("2026-07-31"):consult("Ben", "leave-request", "fills")
    assert.is_nil(words.answer_by)
    school:on "2025-11-17"
  end)
end)

describe("a home visit", function()
  it("is a contact with the family, and nobody at home is none", function()
    for outcome, n in pairs { ["nobody-in"] = 1, spoke = 0 } do
      local other <close> = kit.school { use = 'use "england" use "support-first"',
        kit.pupil "Cal" { "2025-09-08: NN" } }
      other:on("2025-09-08"):suggest()
      other:record("Cal", "home-visit", { outcome = outcome, fields = { spoke_to = "mother" } })
      assert.are.equal(n, #other:steps "Cal")
    end
  end)
end)

describe("a part-time timetable", function()
  it("has an end and a day of review, and is not made without consent", function()
    local plan = { purpose = "back after an illness", hours = "15", consent = "no" }
    local refused = school:run("record", "Ben", "part-time-timetable", "--set", "purpose=x", "--set", "hours=15",
      "--set", "consent=no")
    assert.are.equal(1, refused.status)
    assert.is_truthy(refused.err:find("it needs the consent of a parent", 1, true))
    plan.consent = "yes"
    school:record("Ben", "part-time-timetable", { fields = plan })
    local fields = recorded("Ben", "part-time-timetable")
    assert.are.same({ "2025-11-17", "2026-01-09", "2025-11-28" },
      { fields.starts_on, fields.ends_on, fields.review_dates[1] })
    local list = school:on("2026-01-12"):run("today").out
    assert.is_truthy(list:find("Periods that have ended", 1, true), list)
    school:on "2025-11-17"
  end)

  it("has its end given where the calendar has no day that far, and is looked at by then", function()
    local late <close> = kit.school { use = 'use "england" use "support-first"',
      kit.pupil "Cal" { "2025-09-08: // // // // //" } }
    local plan = { purpose = "x", hours = "15", consent = "yes" }
    local refused = late:on("2026-07-20"):run("record", "Cal", "part-time-timetable", "--set", "purpose=x", "--set",
      "hours=15", "--set", "consent=yes")
    assert.are.equal(1, refused.status)
    assert.is_truthy(refused.err:find("ends_on: ", 1, true), refused.err)
    plan.ends_on = "2026-07-24"
    late:record("Cal", "part-time-timetable", { fields = plan })
    assert.are.same({ "2026-07-24" }, late:entries("Cal")[1].body.fields.review_dates)
  end)

  it("says what is missing: that the authority was told", function()
    school:record("Ada", "part-time-timetable", { fields = { purpose = "x", hours = "15", consent = "yes" } })
    assert.is_true(checked("part-time-timetable", "consent").there)
    assert.is_false(checked("part-time-timetable", "authority").there)
    school:record("Ada", "part-time-timetable", { fields = { told_authority_on = "2025-11-17" } })
    assert.is_true(checked("part-time-timetable", "authority").there)
  end)
end)

describe("a decision", function()
  it("is suggested without support that was tried, once it is written down why support is not appropriate", function()
    assert.is_nil(decision())
    assert.is_truthy(school:explain("Ada", "legal-decision").gate)
    school:record("Ada", "support-not-appropriate", { fields = { because = "a journey to a funeral" } })
    local found = decision()
    assert.are.equal("support is not appropriate: a journey to a funeral", found.reason)
    assert.is_nil(school:explain("Ada", "legal-decision").gate)
    for _, text in ipairs { "Support was offered", "An attendance contract" } do
      assert.is_false(checked("legal-decision", text).needed)
    end
    assert.are.equal("a journey to a funeral", checked("legal-decision", "not appropriate").words)
  end)

  it("reads that a supervision order was considered while support was formalised", function()
    assert.is_false(checked("legal-decision", "supervision order").there)
    school:record("Ada", "supervision-order", { outcome = "not-now" })
    assert.are.equal("supervision order on Monday 17 November 2025: not now",
      checked("legal-decision", "supervision order").words)
  end)

  it("was discussed with the authority's team, where it asks for that", function()
    local item = checked("legal-decision", "discussed with the attendance team")
    assert.are.same({ false, true }, { item.there, item.needed })
    school:record("Ada", "legal-decision", { outcome = "support-continues",
      fields = { discussed_on = "2025-11-14", discussed_with = "Ms Hale" } })
    assert.are.equal("Friday 14 November 2025, Ms Hale", checked("legal-decision", "discussed with").words)
    assert.is_nil(decision())
  end)

  it("asks for support again when that it is not appropriate holds no longer", function()
    local id
    for _, each in ipairs(school:entries "Ada") do
      if each.step == "support-not-appropriate" then id = each.id end
    end
    school:record("Ada", "support-not-appropriate", { outcome = "no-longer", of = id,
      fields = { because = "the family asks for help" } })
    assert.is_true(checked("legal-decision", "Support was offered").needed)
  end)
end)
