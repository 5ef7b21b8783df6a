-- A Notice to Improve while it runs, on the list that people work from: days left, half days
-- since, checks, more absence than was agreed, and what stands beside it at its end. And the
-- reviews of plans: their dates, and what was agreed to be done.

local workspace = require "tests.support.workspace"

local PUPILS = [[
upn,surname,forename,dob,year,form
ADA,Byron,Ada,2016-05-05,4,4A
EVE,Dale,Eve,2010-05-09,11,11A
]]

local SETTINGS = workspace.essex:gsub('use "essex"', 'use "small"')

local PLUGIN = [[
return { name = "small", version = "1", api = 2, reads = { "registers", "cases" }, requires = { "england" } }
]]

local INIT = [[
local england = require "england"
return { road_map = { "attendance-policy", "early-help", "notice-to-improve", "deciding" },
  lists = { no_reason = "N", reason_within_days = 5, new_lines_a_week = 40 } }
]]

local NOTICE = [[
local england = require "england"
return step {
  counts = england.national,
  title = "Notice to Improve", principle = "formalise", period = school_weeks(6), checks = { school_weeks(3) },
  tolerance = "tolerated", outcomes = { "improved", "not-improved", "rearranged" }, attempts = { "rearranged" },
  records = { parent = "text", period_from = "date", period_to = "date", tolerated = "number" },
}
]]

local POLICY = [[
return step {
  title = "Attendance policy", principle = "expect", scope = "school", outcomes = { "reviewed", "told" },
  records = { version = "text", published_on = "date", families_told_on = "date" },
}
]]

local HELP = [[
return step {
  title = "Early help", principle = "facilitate", plan = true, outcomes = { "kept", "not-kept" },
  records = { parties = "contacts", barriers = "text", actions = "actions", review_dates = "dates" },
}
]]

local DECIDING = 'return step { title = "Deciding", principle = "enforce", outcomes = { "refer" } }'

local w

after_each(function() w:remove() end)

local function start(day, changes)
  w = workspace.new { settings = SETTINGS, files = { ["pupils.csv"] = PUPILS } }
  for name, text in pairs { ["plugin.lua"] = PLUGIN, ["init.lua"] = INIT, ["steps/notice-to-improve.lua"] = NOTICE,
    ["steps/early-help.lua"] = HELP, ["steps/deciding.lua"] = DECIDING, ["steps/attendance-policy.lua"] = POLICY } do
    w:file("w/plugins/small/" .. name, text)
  end
  w:ok(("--now %sT08:00Z import pupils pupils.csv"):format(day))
  w:file("marks.csv", workspace.registers { ADA = workspace.with("2025-09-02", day, changes or {}) })
  w:ok(("--now %sT16:00Z import marks marks.csv"):format(day))
end

local function today(day) return w:json(("--now %sT18:00Z today --as-of %s"):format(day, day)) end

local function section(day, name)
  local found = {}
  for _, row in ipairs(today(day)) do
    if row.section == name then found[#found + 1] = row end
  end
  return found
end

local function has(text, row) assert.truthy(row and row.why:find(text, 1, true), row and row.why or "no row") end

-- A notice of Thursday 20 November for six school weeks from Monday 24 November (E5).
local function give_notice(tolerated)
  w:ok("--now 2025-11-20T18:00Z record ADA notice-to-improve --on 2025-11-20 --set period_from=2025-11-24"
    .. ' --set parent="Mrs Byron"' .. (tolerated and " --set tolerated=" .. tolerated or ""))
end

describe("a Notice to Improve that runs", function()
  it("shows the days left, the half days since, what was agreed and when it is looked at", function()
    start("2025-11-28", { ["2025-11-25"] = "O \\" })
    give_notice(2)
    local row = section("2025-11-28", "running")[1]
    assert.equal("Notice to Improve, Mrs Byron", row.title)
    has("Runs from Monday 24 November to Friday 16 January; 26 school days left", row)
    has("to be looked at on Friday 12 December", row)
    has("1 unauthorised half day (up to 2 were agreed to)", row)
    assert.same({}, section("2025-11-28", "exceeded"))
  end)

  it("says at once that there is more absence than was agreed, and to tell the parent first", function()
    start("2025-11-28", { ["2025-11-25"] = "O O", ["2025-11-27"] = "/ U" })
    give_notice(2)
    assert.same({}, section("2025-11-28", "running"))
    local row = section("2025-11-28", "exceeded")[1]
    has("3 unauthorised half days since Monday 24 November, the last on Thursday 27 November, afternoon", row)
    has("Tell Mrs Byron first; then a person decides. Nothing follows by itself.", row)
    assert.truthy(w:ok("--now 2025-11-28T18:00Z today"):find("tell the parent first", 1, true))
  end)

  it("reports it once as an event, and moves nothing", function()
    start("2025-11-28", { ["2025-11-25"] = "O O" })
    give_notice(1)
    assert.truthy(w:ok("--now 2025-11-28T17:00Z suggest"):find("1 notice with more absence than was agreed", 1, true))
    w:ok "--now 2025-11-28T17:05Z suggest"
    local events = w:json "sql \"SELECT data FROM event WHERE kind = 'period.exceeded'\""
    assert.equal(1, #events)
    assert.truthy(events[1].data:find('"since":"2025-11-25 PM"', 1, true), events[1].data)
    assert.equal(1, #section("2025-11-28", "exceeded"))
    local told = w:ok("--now 2025-11-28T18:00Z chronology ADA")
    assert.truthy(told:find("More absence than was agreed: Notice to Improve", 1, true), told)
    assert.truthy(told:find("2 half days (up to 1 were agreed to)", 1, true), told)
    assert.truthy(told:find("more than was agreed since Tue 25 Nov 2025, afternoon", 1, true), told)
  end)

  it("of which no absence was agreed to says so in the chronology", function()
    start("2025-11-28", { ["2025-11-25"] = "O \\" })
    give_notice(0)
    w:ok "--now 2025-11-28T17:00Z suggest"
    local told = w:ok("--now 2025-11-28T18:00Z chronology ADA")
    assert.truthy(told:find("1 half day (none was to come)", 1, true), told)
  end)

  it("goes on running once the parent was told", function()
    start("2025-11-28", { ["2025-11-25"] = "O O" })
    give_notice(0)
    w:ok '--now 2025-11-26T18:00Z record ADA early-help --outcome kept --note "Rang Mrs Byron."'
    assert.same({}, section("2025-11-28", "exceeded"))
    has("The family was spoken to on Wednesday 26 November", section("2025-11-28", "running")[1])
  end)

  it("says that the parent was told only when the entry names the parent", function()
    start("2025-11-28", { ["2025-11-25"] = "O O" })
    give_notice(0)
    w:ok '--now 2025-11-26T18:00Z record ADA early-help --set "parties=Mr Byron"'
    assert.equal(1, #section("2025-11-28", "exceeded"))
    w:ok '--now 2025-11-27T18:00Z record ADA early-help --set "parties=Mr Byron" --set "parties=Mrs Byron"'
    has("Mrs Byron was spoken to on Thursday 27 November", section("2025-11-28", "running")[1])
  end)

  it("is not answered by a decision of the school among itself", function()
    start("2025-11-28", { ["2025-11-25"] = "O O" })
    give_notice(0)
    w:ok "--now 2025-11-26T18:00Z record ADA deciding --outcome refer"
    assert.equal(1, #section("2025-11-28", "exceeded"))
  end)

  it("shows its end beside too much absence, and sends nobody to a parent marked no contact", function()
    start("2025-11-28", { ["2025-11-25"] = "O O" })
    local heading = "upn,title,surname,relationship,parental_responsibility,no_contact\n"
    w:file("contacts.csv", heading .. "ADA,Mrs,Byron,mother,1,0\n")
    w:ok "--now 2025-11-19T08:00Z import contacts contacts.csv"
    w:file("w/plugins/small/steps/notice-to-improve.lua", (NOTICE:gsub('parent = "text"', 'parent = "contact"')))
    give_notice(0)
    has("It runs to Friday 16 January; 26 school days left.", section("2025-11-28", "exceeded")[1])
    w:file("contacts.csv", heading .. "ADA,Mrs,Byron,mother,1,1\n")
    w:ok "--now 2025-11-27T08:00Z import contacts contacts.csv"
    has('Mrs Byron has to be told first, but is marked "no contact"', section("2025-11-28", "exceeded")[1])
    w:file("contacts.csv", heading .. "ADA,Mr,Khan,father,1,0\n") -- she has died
    w:ok "--now 2025-11-27T09:00Z import contacts contacts.csv"
    local gone = "is none of the pupil's contacts any more: see whether it still stands"
    has("Mrs Byron has to be told first, but " .. gone, section("2025-11-28", "exceeded")[1])
    has("Mrs Byron " .. gone .. ".", section("2026-01-19", "ended")[1])
  end)

  it("is not answered by a word with another parent", function()
    start("2025-11-28", { ["2025-11-25"] = "O O" })
    give_notice(0)
    w:ok '--now 2025-11-26T18:00Z record ADA early-help --outcome kept --with "Mr Byron"'
    assert.equal(1, #section("2025-11-28", "exceeded"))
    w:ok '--now 2025-11-27T18:00Z record ADA early-help --outcome kept --with "Mrs Byron"'
    assert.same({}, section("2025-11-28", "exceeded"))
  end)

  it("does not say that anything was agreed when nothing was", function()
    start("2025-11-28", { ["2025-11-25"] = "O O" })
    give_notice()
    assert.same({}, section("2025-11-28", "exceeded"))
    assert.is_nil(section("2025-11-28", "running")[1].why:find("agreed", 1, true))
  end)

  it("is looked at in between, until somebody spoke with the family", function()
    start("2025-12-15", {})
    give_notice(2)
    assert.same({}, section("2025-12-11", "checks"))
    has("Was to be looked at on Friday 12 December: no unauthorised half days", section("2025-12-15", "checks")[1])
    w:ok "--now 2025-12-15T18:00Z record ADA early-help --outcome kept"
    assert.same({}, section("2025-12-15", "checks"))
  end)

  it("ends with its figures beside those of as many school days before, and a person decides", function()
    start("2026-01-19", { ["2025-10-06"] = "O O", ["2025-11-10"] = "O O", ["2025-12-01"] = "O \\" })
    give_notice(2)
    local row = section("2026-01-19", "ended")[1]
    has("Ended on Friday 16 January. In it, 1 unauthorised half day (up to 2 were agreed to) and attendance of "
      .. "98.33 % (59 of 60 half days)", row)
    has("in as many school days before, 4 unauthorised half days and attendance of 93.33 % (56 of 60 half days)", row)
    has("A person decides what comes of it, for Mrs Byron.", row)
    w:ok "--now 2026-01-19T18:00Z record ADA notice-to-improve --outcome rearranged"
    assert.equal(1, #section("2026-01-19", "ended"))
    w:ok "--now 2026-01-19T18:00Z record ADA notice-to-improve --outcome improved"
    assert.same({}, section("2026-01-19", "ended"))
  end)
end)

describe("the attendance policy", function()
  local function notes(day) return w:ok(("--now %sT18:00Z today --as-of %s"):format(day, day)) end

  it("is on the list when it is to be looked at again, and names who joined since", function()
    start("2025-09-12", {})
    assert.is_nil(notes("2025-09-12"):find("policy", 1, true))
    w:ok("--now 2025-09-12T18:00Z record-school attendance-policy --on 2025-09-02 --review-on 2025-10-01"
      .. " --set version=3 --set published_on=2025-09-02 --set families_told_on=2025-09-02")
    assert.is_nil(notes("2025-09-12"):find("policy", 1, true))
    w:file("pupils.csv", "upn,surname,forename,year,form,joined\nBEN,Marsh,Ben,4,4A,2025-09-15\n")
    w:ok "--now 2025-09-15T08:00Z import pupils pupils.csv"
    w:file("marks.csv", workspace.registers { BEN = { ["2025-09-15"] = "/ \\" } })
    w:ok "--now 2025-09-15T18:00Z import marks marks.csv"
    assert.truthy(notes("2025-09-15"):find(
      "1 child joined since and is still to be told of the attendance policy: Ben Marsh", 1, true))
    w:ok "--now 2025-09-16T18:00Z record BEN attendance-policy --outcome told"
    assert.is_nil(notes("2025-09-16"):find("policy", 1, true))
    assert.truthy(notes("2025-10-02"):find(
      "The attendance policy (version 3) was to be looked at again by Wednesday 1 October", 1, true))
    w:ok "--now 2025-10-02T18:00Z record-school attendance-policy --outcome reviewed --review-on 2026-09-01"
    assert.is_nil(notes("2025-10-02"):find("policy", 1, true))
  end)
end)

describe("what counts while a notice runs", function()
  it("is absence at compulsory school age alone: to the last Friday in June of the year of sixteen", function()
    start("2025-09-12", {})
    w:ok("--now 2026-06-19T18:00Z record EVE notice-to-improve --on 2026-06-19 --set period_from=2026-06-22"
      .. " --set period_to=2026-07-03 --set tolerated=2")
    w:file("marks.csv", workspace.registers { EVE = workspace.with("2026-06-15", "2026-07-03",
      { ["2026-06-25"] = "O O", ["2026-06-29"] = "O O", ["2026-06-30"] = "O O" }) })
    w:ok "--now 2026-07-03T16:00Z import marks marks.csv"
    assert.same({}, section("2026-07-03", "exceeded"))
    has("In it, 2 unauthorised half days", section("2026-07-06", "ended")[1])
  end)
end)

describe("a plan", function()
  it("is looked at again on each of its dates, and when something was to be done by then", function()
    start("2025-10-10", {})
    w:ok('--now 2025-09-15T18:00Z record ADA early-help --set review_dates=2025-09-26 --set review_dates=2025-10-10'
      .. ' --set "actions=Breakfast club; Sam Reed; 2025-09-22" --set "actions=Walk to school together; Mrs Byron"')
    assert.same({}, section("2025-09-19", "reviews"))
    has("agreed by Monday 22 September: Breakfast club (Sam Reed)", section("2025-09-23", "reviews")[1])
    has("to be looked at again by Friday 26 September", section("2025-09-26", "reviews")[1])
    w:ok "--now 2025-09-26T18:00Z record ADA early-help --set barriers=mornings"
    assert.same({}, section("2025-09-29", "reviews"))
    has("to be looked at again by Friday 10 October", section("2025-10-10", "reviews")[1])
    w:ok "--now 2025-10-10T18:00Z record ADA early-help --outcome kept"
    assert.same({}, section("2025-10-10", "reviews"))
  end)
end)
