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

local both = { "mother", "father" }
local help = { support = "A place at breakfast club", parties = both }

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
      "No support is recorded since: offer support again, what was not taken up or something new.")
    school:record("Ada", "early-help", { outcome = "not-taken-up", fields = { parties = { "mother" } } })
    has(section(school, "2025-11-17", "exceeded")[1].why, "offer support again")
    school:record("Ada", "early-help", { fields = { support = "A taxi on Mondays", parties = { "mother" } } })
    lacks(section(school, "2025-11-18", "running")[1].why, "offer support again")
  end)

  it("takes what the parent was told as an addition: the notice goes on as it was given", function()
    school:on "2025-11-18":record("Ada", "notice-to-improve", { fields = { parent = "father",
      support_now = { "A taxi" } } })
    assert.are.equal(1, #section(school, "2025-11-18", "exceeded")) -- that is no word with him
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

describe("what a Notice to Improve has to say", function()
  local nobody = 'staff { attendance_officer = "office@oakfield.example" }' -- names no person

  local function letter(school, parent, ...)
    local made = school:run("letter", "Ada Example", "notice-to-improve", "--parent", parent, "--dry-run", ...)
    return made.status == 0 and "made" or made.err
  end

  it("is there, or the letter is held back with what it lacks", function()
    local school <close> = kit.school { staff = nobody, ada() }:on "2025-10-16"
    school:record("Ada", "early-help", { outcome = "not-taken-up", fields = { parties = both } })
    for _, parent in ipairs(both) do
      school:record("Ada", "notice-to-improve", { fields = { parent = parent, tolerated = "0" } })
    end
    local why = letter(school, "mother")
    has(why, "Notice to Improve to Mrs Kim Example lacks: The support given so far: what was offered, and when (what "
      .. "was offered is not written down: early help on Thursday 16 October 2025: not taken up)")
    has(why, "The further support on offer now (give support_now); Support that was not taken up, offered again (give "
      .. "re_offered); A named contact (give named_contact: a person, by name); record it (waymark record WHO "
      .. 'notice-to-improve --set …), or say why it is sent with --despite "…"')
    assert.are.equal("made", letter(school, "mother", "--despite", "The office rings as well"))

    -- What is missing is added to the notice that runs.
    school:record("Ada", "early-help", { fields = { support = "A place at breakfast club", parties = { "mother" } } })
    school:record("Ada", "notice-to-improve", { fields = { parent = "mother", support_now = { "A taxi on Mondays" },
      re_offered = { "Breakfast club" }, named_contact = "The attendance office" } })
    has(letter(school, "mother"), "lacks: A named contact")
    school:record("Ada", "notice-to-improve", { fields = { parent = "mother", named_contact = "Sam Reed" } })
    assert.are.equal("made", letter(school, "mother"))
    local fathers = letter(school, "father")
    has(fathers, "lacks: The support given so far")
    has(fathers, "; 1 entry of support is not for this reader (waymark audience)")
  end)

  it("has the person whom the settings name", function()
    local school <close> = with_support(school_of(ada()):on "2025-10-16")
    school:record("Ada", "notice-to-improve", { fields = { parent = "mother", support_now = { "A taxi" } } })
    assert.are.equal("made", letter(school, "mother"))
    for _, each in ipairs(school:consult("Ada", "notice-to-improve", "checklist")) do
      if each.covers == "contact" then assert.are.same({ true, "Sam Reed" }, { each.there, each.words }) end
    end
  end)

  it("is of three to six weeks, and says how long that is by the calendar", function()
    local school <close> = with_support(school_of(ada()):on "2025-10-16")
    local function given(more)
      local fields = { parent = "mother", period_from = "2025-10-20" }
      for name, value in pairs(more or {}) do fields[name] = value end
      return { fields = fields }
    end
    refused("period_to: Friday 31 October 2025 is less than 3 school weeks after Monday 20 October 2025; it is at "
      .. "least to Friday 14 November 2025", school, "Ada", "notice-to-improve", given { period_to = "2025-10-31" })
    refused("is more than 6 school weeks after Monday 20 October 2025; it is at most to Friday 5 December 2025", school,
      "Ada", "notice-to-improve", given { period_to = "2025-12-08" })
    school:record("Ada", "notice-to-improve", given())
    assert.are.equal("6 school weeks, which are 7 weeks by the calendar, as school holidays are left out",
      school:consult("Ada", "notice-to-improve", "fills", { entry = last(school).id }).length)
  end)

  it("says of a reason that may still come that it is none yet", function()
    local school <close> = with_support(school_of(ada("Ada", { "2025-09-08: OO OO OO OO OO",
      "2025-09-15 to 2025-12-12: // // // // //", "2025-11-10: O/ // // // /N" })):on "2025-10-16")
    school:record("Ada", "notice-to-improve", { fields = { parent = "mother" } })
    local id = last(school).id
    local function since(day)
      return school:on(day):consult("Ada", "notice-to-improve", "fills", { entry = id }).since
    end
    has(since "2025-11-17", "1 half day without leave (Monday 10 November")
    has(since "2025-11-17", "for 1 half day we have no reason yet (Friday 14 November")
    has(since "2025-11-24", "2 half days without leave (Monday 10 November")
  end)

  it("is for nobody of whom a person wrote down that support is not appropriate", function()
    local school <close> = with_support(school_of(ada()):on "2025-10-16")
    assert.is_nil(school:explain("Ada", "notice-to-improve").gate)
    school:record("Ada", "support-not-appropriate", { fields = { because = "A court has decided where Ada lives" } })
    has(school:explain("Ada", "notice-to-improve").gate, "support is not appropriate, and a Notice to Improve is for "
      .. "what support can change: it can be decided on as it is (A court has decided where Ada lives)")
    school:record("Ada", "support-not-appropriate", { outcome = "no-longer", fields = { because = "It was dropped" } })
    assert.is_nil(school:explain("Ada", "notice-to-improve").gate)
  end)
end)

describe("an attendance contract", function()
  local school

  local function page(document, ...)
    local path = school.space.top .. "/page.html"
    local made = school:run("letter", "Ada Example", document, "-o", path, ...)
    assert.are.equal(0, made.status, made.err)
    local file <close> = assert(io.open(path))
    assert(os.remove(path))
    return (file:read("a"):gsub("<style>.-</style>", ""):gsub("<[^>]*>", " "):gsub("%s+", " "):gsub("&#39;", "'"))
  end

  local function lacking()
    local list = {}
    for _, each in ipairs(school:consult("Ada", "attendance-contract", "checklist")) do
      if each.needed and not each.there then list[#list + 1] = each.item end
    end
    return list
  end

  setup(function() school = school_of(ada()):on "2025-10-16" end)
  teardown(function() school:close() end)

  it("is offered without support that failed, with the documents that Essex has for it", function()
    school:record("Ada", "attendance-contract", { fields = { parties = both, meeting_on = "2025-10-20",
      meeting_at = "half past three" } })
    has(page("contract-invitation", "--parent", "mother"), "Monday 20 October 2025, half past three")
    school:record("Ada", "attendance-contract", { outcome = "rearranged", fields = { parties = both,
      was_to_be_on = "2025-10-20", meeting_on = "2025-10-22" } })
    has(page("contract-rearranged", "--parent", "mother"), "Wednesday 22 October 2025")
    has(page "contract-pro-forma", "The school's statement:")
  end)

  -- The meeting of the 20th was moved to the 22nd, then to the 24th.
  local function moved_meeting(step, who)
    school:record("Ada", step, { fields = { parties = both, meeting_on = "2025-10-20", meeting_at = "half past" } })
    school:record("Ada", step, { outcome = "rearranged", fields = { parties = who, was_to_be_on = "2025-10-20",
      meeting_on = "2025-10-22" } })
    school:record("Ada", step, { outcome = "rearranged", fields = { parties = who, was_to_be_on = "2025-10-22",
      meeting_on = "2025-10-24", meeting_at = "nine" } })
  end

  it("and a meeting that was moved twice is on its last day, in what comes of it and in the letter", function()
    local step = "declining-attendance-meeting"
    for _, who in ipairs { both, false } do
      moved_meeting(step, who or nil)
      has(page("meeting-rearranged", "--parent", "mother"), "Friday 24 October 2025, nine")
      school:record("Ada", step, { outcome = "did-not-attend" })
      for _, parent in ipairs(both) do
        has(page("did-not-attend", "--parent", parent), "We had hoped to meet you on Friday 24 October 2025")
      end
    end
    moved_meeting(step)
    school:record("Ada", step, { outcome = "support-agreed", fields = { met_on = "2025-10-16" } })
    local held = last(school)
    assert.are.same({ "2025-10-24", "nine", nil }, { held.fields.meeting_on, held.fields.meeting_at,
      held.fields.was_to_be_on })
    school:record("Ada", step, { outcome = "working" })
  end)

  it("says what it lacks to be one, until it has it: parties, period, requirements and support", function()
    assert.are.same({ "The period for which it holds", "What the parents agree to do",
      "The support that the school agrees to give for that" }, lacking())
    has(page "attendance-contract", "This is a draft, and no contract yet. It lacks: the period for which it holds; "
      .. "what the parents agree to do; the support that the school agrees to give for that.")
    school:record("Ada", "attendance-contract", { fields = { met_on = "2025-10-16", starts_on = "2025-10-16",
      ends_on = "2025-12-12", actions = { "Ring before nine; Mrs Example; 2025-10-20" } } })
    assert.are.same({ "The support that the school agrees to give for that" }, lacking())
    school:record("Ada", "attendance-contract", { fields = { school_support = { "A place at breakfast club" } } })
    assert.are.same({}, lacking())
    local made = page "attendance-contract"
    lacks(made, "It lacks")
    has(made, "The parents' statement: we agree to do what is written above as what the family will do, for the whole "
      .. "period of this contract, from Thursday 16 October 2025 to Friday 12 December 2025.")
    has(made, "agrees to give the parents the support that is written above as what the school will do, so that they "
      .. "can do what they have agreed to")
    has(made, "A place at breakfast club")
  end)

  it("that was not kept is said with what was agreed, and counts as support", function()
    school:record("Ada", "attendance-contract", { outcome = "not-kept" })
    local made = page("contract-failed", "--parent", "mother")
    has(made, "It was not kept in all that was agreed")
    has(made, "A place at breakfast club")
    assert.is_nil(school:explain("Ada", "notice-to-improve").gate)
  end)

  it("that was left out says why to the decision", function()
    local other <close> = school_of(ada()):on "2025-10-16"
    other:bypass("Ada", "attendance-contract", { note = "The parents live abroad" })
    for _, each in ipairs(other:consult("Ada", "legal-decision", "checklist")) do
      if each.covers == "contract" then
        assert.are.same({ true, "none was made: The parents live abroad" }, { each.there, each.words })
      end
    end
  end)
end)

describe("a holiday that was not granted", function()
  it("goes by its own route in Essex, and keeps the questions; who the social worker is, the list of pupils says",
    function()
      local school <close> = school_of(kit.pupil "Ada" { "2025-09-08: GG GG GG GG GG", "2025-09-15: // // // // //" })
      school.space:write("groups.csv", ("upn,surname,forename,Social worker?\n%s,Example,Ada,Jo Field\n"):format(
        school:upn "Ada"))
      school:on "2025-09-19":run("import", "pupils", school.space.dir .. "/groups.csv")
      local function questions()
        local words = {}
        for _, each in ipairs(school:consult("Ada", "legal-decision", "checklist")) do
          if each.needed and not each.there then words[#words + 1] = ("%s: %s"):format(each.item, each.words or "") end
        end
        return table.concat(words, "\n")
      end
      local found = questions()
      for _, words in ipairs { "the leave-of-absence route of Essex County Council",
        "Adjustments for special needs and medical conditions were considered (Equality Act 2010): not answered yet",
        "Legal intervention is the best tool now: not answered yet",
        "An education supervision order was considered: not answered yet",
        "worker was told: the list of pupils has one (Jo Field): not answered yet" } do
        has(found, words)
      end
      lacks(found, "Support was offered")
      school:record("Ada", "legal-decision", { fields = { best_tool = "yes", adjustments_considered = "yes",
        supervision_order_considered = "yes", social_worker_told = "none" } })
      found = questions()
      lacks(found, "best tool")
      has(found, "the list of pupils has one (Jo Field): answered that there is none")
      school:record("Ada", "legal-decision", { fields = { social_worker_told = "yes" } })
      lacks(questions(), "social worker")
    end)

  it("is on the list of calls from ten half days on, and is answered by the call", function()
    local school <close> = school_of(kit.pupil "Ada" { "2025-09-08: GG GG GG GG GG", "2025-09-15: // // // // //" },
      kit.pupil "Ben" { "2025-09-08: GG GG GG GG /G", "2025-09-15: // // // // //" })
    school:on("2025-09-19"):suggest()
    local calls = section(school, "2025-09-19", "calls")
    assert.are.equal(1, #calls)
    assert.are.equal("Ada Example", calls[1].name)
    has(calls[1].why, "A holiday that was not granted (G): Essex County Council has a leave-of-absence route for it: "
      .. "10 half days in a row, from Monday 8 September")
    school:record("Ada", "absence-callback", { outcome = "spoke" })
    assert.are.same({}, section(school, "2025-09-19", "calls"))
    local other <close> = kit.school { use = 'use "england" use "norfolk"',
      kit.pupil "Ada" { "2025-09-08: GG GG GG GG GG", "2025-09-15: // // // // //" } }
    for _, step in ipairs(other:on "2025-09-19":steps "Ada") do assert.are_not.equal("absence-callback", step) end
  end)

  it("of brothers and sisters stands together in the letter to their parent, each counted by itself", function()
    local function child(name, weeks, more)
      weeks.contacts = { { title = "Mrs", forename = "Kim", surname = "Example", relationship = "mother",
        parental_responsibility = "1", phone = "01245 555010" }, more }
      return kit.pupil(name)(weeks)
    end
    local function away() return { "2025-09-08: GG GG GG GG GG", "2025-09-15: // // // // //" } end
    local school <close> = school_of(
      child("Ada", away(), { title = "Mr", forename = "Lee", surname = "Gray", relationship = "father",
        parental_responsibility = "1", phone = "01245 555011" }),
      child("Ben", { "2025-09-08: // GG GG GG GG", "2025-09-15: GG // // // //" }),
      child("Cat", { "2025-09-08: GG GG GG GG //", "2025-09-15: // // // // //" }), -- eight
      kit.pupil "Dan" (away())):on "2025-09-19"
    local function letter(parent)
      local path = school.space.top .. "/leave.html"
      local made = school:run("letter", "Ada Example", "leave-not-granted", "--parent", parent, "-o", path)
      assert.are.equal(0, made.status, made.err)
      local file <close> = assert(io.open(path))
      assert(os.remove(path))
      return (file:read("a"):gsub("<style>.-</style>", ""):gsub("<[^>]*>", " "):gsub("%s+", " "))
    end
    local mothers = letter "mother"
    has(mothers, "Ada Example 10 half days in a row Monday 8 September 2025, morning, to Friday 12 September 2025, "
      .. "afternoon Ben Example 10 half days in a row Tuesday 9 September 2025, morning, to Monday 15 September 2025, "
      .. "afternoon Each child is looked at alone.")
    lacks(mothers, "Cat")
    lacks(mothers, "Dan")
    local fathers = letter "father"
    has(fathers, "Ada Example 10 half days")
    lacks(fathers, "Ben")
    school:hold("Ben", { ["until"] = "2025-12-01", ask = "Jo Marsh" })
    lacks(letter "mother", "Ben")
  end)
end)
