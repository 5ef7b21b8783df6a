-- The worked examples of DESIGN, by their names, through the command line: what happens,
-- what is printed, and what is recorded.

local workspace = require "tests.support.workspace"

local PUPILS = [[
upn,surname,forename,dob,year,form,sex,sen,fsm
ADA,Byron,Ada,2016-05-05,4,4A,F,N,0
CAL,Moss,Cal,2016-06-06,4,4A,M,N,0
]]

local w

after_each(function() w:remove() end)

-- Take in marks, { UPN = { ["2025-09-08"] = "N N" } }, on the evening of a day.
local function import(day, marks)
  w:file("marks.csv", workspace.registers(marks))
  return w:ok(("--now %sT17:00Z import marks marks.csv"):format(day))
end

-- A school with the calendar of DESIGN, with Ada and Cal and these marks.
local function start(day, marks)
  w = workspace.new { files = { ["pupils.csv"] = PUPILS } }
  w:ok(("--now %sT08:00Z import pupils pupils.csv"):format(day))
  import(day, marks)
end

-- `suggest` as of a day, run that evening: its answers as other programs read them.
local function suggest(day, options)
  return w:json(("--now %sT17:30Z suggest --as-of %s %s"):format(day, day, options or ""))
end

-- "suggestion.made absence-callback N-streak from 2025-09-08 AM", one line an event, of one
-- step if it is given
local function events(step)
  local lines = {}
  for _, each in ipairs(w:json "sql 'SELECT kind, step, concern FROM event ORDER BY id'") do
    if not step or each.step == step then
      lines[#lines + 1] = ("%s %s %s"):format(each.kind, each.step, each.concern)
    end
  end
  return lines
end

local function recorded_data(kind)
  local rows = w:json(("sql \"SELECT data FROM events WHERE kind = '%s' ORDER BY id\""):format(kind))
  return rows[#rows].data
end

local function steps_of(list, upn)
  local steps = {}
  for _, each in ipairs(list) do
    if each.upn == upn then steps[#steps + 1] = each.step end
  end
  return table.concat(steps, " ")
end

local function rule_of(list, name)
  for _, each in ipairs(list) do
    if each.rule == name then return each end
  end
end

local N_ALL_DAY = { ADA = { ["2025-09-08"] = "N N" }, CAL = { ["2025-09-08"] = "/ \\" } }
local MADE = "suggestion.made absence-callback N-streak from 2025-09-08 AM"
local LAPSED = "suggestion.lapsed absence-callback N-streak from 2025-09-08 AM"

describe("E1, an absence without a reason", function()
  before_each(function() start("2025-09-08", N_ALL_DAY) end)

  it("gives one suggestion of a call-back, with the very sessions", function()
    local list = suggest "2025-09-08"
    assert.are.equal(1, #list)
    local one = list[1]
    assert.are.same({ "ADA", "absence-callback", "support-first", "N-streak from 2025-09-08 AM" },
      { one.upn, one.step, one.plugin, one.concern })
    assert.are.same({ rule = "N-streak", from = "2025-09-08", to = "2025-09-08", count = 2, of = 1,
      sessions = { { "2025-09-08", "AM", "N" }, { "2025-09-08", "PM", "N" } } }, one.evidence[1])
    assert.is_truthy(one.reason ~= "")
    assert.are.equal("string", type(one.version))
  end)

  it("is recorded once: a second run prints the same and records nothing", function()
    local first = w:ok "--now 2025-09-08T17:30Z suggest --as-of 2025-09-08 --format json"
    assert.are.same({ MADE }, events())
    local second = w:ok "--now 2025-09-08T18:30Z suggest --as-of 2025-09-08 --format json"
    assert.are.equal(first, second)
    assert.are.same({ MADE }, events())
  end)

  it("is printed alike by a dry run, a first and a second run", function()
    for _, format in ipairs { "json", "csv" } do
      local line = "--now 2025-09-08T17:30Z suggest --as-of 2025-09-08 --format " .. format
      local dry = w:ok(line .. " --dry-run")
      if format == "json" then assert.are.same({}, events()) end
      local first = w:ok(line)
      assert.are.equal(dry, first)
      assert.are.equal(first, w:ok(line))
      assert.are.equal(first, w:ok(line .. " --dry-run"))
    end
  end)

  it("records its evidence as it was then", function()
    suggest "2025-09-08"
    local data = recorded_data "suggestion.made"
    assert.is_truthy(data:find('["2025-09-08","AM","N"],["2025-09-08","PM","N"]', 1, true), data)
    local row = w:json("sql 'SELECT upn, step, state, made_on FROM suggestions'")[1]
    assert.are.same({ upn = "ADA", step = "absence-callback", state = "open", made_on = "2025-09-08" }, row)
  end)

  it("is explained with the same evidence", function()
    local answer = w:json "explain 'Ada Byron' absence-callback --as-of 2025-09-08"
    local suggested = suggest("2025-09-08")[1]
    assert.is_true(answer.suggested)
    assert.are.equal(suggested.concern, answer.concern)
    assert.are.equal(suggested.reason, answer.reason)
    for name, value in pairs(suggested.evidence[1]) do assert.are.same(value, answer.evidence[1][name], name) end
  end)

  it("is explained where there is nothing: what is missing", function()
    local answer = w:json "explain CAL absence-callback --as-of 2025-09-08"
    assert.is_false(answer.suggested)
    assert.are.equal("0 of 1", answer.missing[1].have)
    assert.are.equal("N-streak", answer.missing[1].rule)
  end)

  it("is the same suggestion on the next day without a reason, and makes no event", function()
    suggest "2025-09-08"
    import("2025-09-09", { ADA = { ["2025-09-09"] = "N N" }, CAL = { ["2025-09-09"] = "/ \\" } })
    local list = suggest "2025-09-09"
    assert.are.equal("N-streak from 2025-09-08 AM", list[1].concern)
    assert.are.equal(4, list[1].evidence[1].count)
    assert.are.same({ MADE }, events "absence-callback")
  end)

  it("is over when Ada is back, and the next absence is a new concern", function()
    suggest "2025-09-08"
    import("2025-09-12", { ADA = workspace.with("2025-09-09", "2025-09-12", {}) })
    assert.are.equal("", steps_of(suggest "2025-09-12", "ADA"))
    import("2025-09-15", { ADA = { ["2025-09-15"] = "/ N" } })
    suggest "2025-09-15"
    assert.are.same({ MADE, LAPSED, "suggestion.made absence-callback N-streak from 2025-09-15 PM" },
      events "absence-callback")
  end)
end)

describe("E2, a reason that comes a day later", function()
  before_each(function()
    start("2025-09-08", N_ALL_DAY)
    suggest "2025-09-08"
    import("2025-09-09", { ADA = { ["2025-09-08"] = "I I", ["2025-09-09"] = "/ \\" } })
  end)

  it("lets the suggestion lapse, and records which marks changed", function()
    assert.are.same({}, suggest "2025-09-09")
    assert.are.same({ MADE, LAPSED }, events())
    local data = recorded_data "suggestion.lapsed"
    assert.is_truthy(data:find("2025-09-08 AM N → I", 1, true), data)
    assert.is_truthy(data:find("2025-09-08 PM N → I", 1, true), data)
  end)

  it("tells whoever runs it what lapsed and why", function()
    local out = w:ok "--now 2025-09-09T17:30Z suggest --as-of 2025-09-09"
    assert.is_truthy(out:find "1 lapsed")
    assert.is_truthy(out:find("Absence call-back: Mon 8 Sep 2025, morning N → I, ", 1, true), out)
  end)

  it("shows none for 8 September any more, and shows it again as it was known then", function()
    suggest "2025-09-09"
    assert.are.same({}, w:json "--now 2025-09-09T17:30Z suggest --as-of 2025-09-08")
    local known = w:json "--now 2025-09-09T17:30Z suggest --as-of 2025-09-08 --known-at 2025-09-08T18:00Z"
    assert.are.equal("ADA absence-callback N-streak from 2025-09-08 AM",
      ("%s %s %s"):format(known[1].upn, known[1].step, known[1].concern))
    assert.are.equal(1, #known)
    assert.are.same({ MADE, LAPSED }, events())
  end)

  it("says that nothing is recorded when what was known earlier is shown", function()
    local got = w:expect(0, "--now 2025-09-09T17:30Z suggest --as-of 2025-09-08 --known-at 2025-09-08T18:00Z")
    assert.is_truthy((got.out .. got.err):find "[Nn]othing is recorded")
    assert.are.same({ MADE }, events())
  end)

  it("is opened again when the mark is amended back", function()
    suggest "2025-09-09"
    import("2025-09-10", { ADA = { ["2025-09-08"] = "N N", ["2025-09-09"] = "N N", ["2025-09-10"] = "N N" } })
    local list = suggest "2025-09-10"
    assert.are.equal("N-streak from 2025-09-08 AM", list[1].concern)
    assert.are.same({ MADE, LAPSED, MADE }, events "absence-callback")
    local state = w:json "sql \"SELECT state, made_on FROM suggestions WHERE step = 'absence-callback'\""
    assert.are.same({ { state = "open", made_on = "2025-09-10" } }, state)
  end)

  it("keeps the history of the mark", function()
    local rows = w:json "sql 'SELECT date, session, was, now FROM amendments ORDER BY session'"
    assert.are.same({ { date = "2025-09-08", session = "AM", was = "N", now = "I" },
      { date = "2025-09-08", session = "PM", was = "N", now = "I" } }, rows)
  end)
end)

describe("E4, one O each Tuesday in ten school weeks", function()
  local days = {}
  for _, tuesday in ipairs { "2025-09-09", "2025-09-16", "2025-09-23", "2025-09-30", "2025-10-07", "2025-10-14",
    "2025-10-21", "2025-11-04", "2025-11-11", "2025-11-18" } do days[tuesday] = "O \\" end

  before_each(function()
    start("2025-12-05", { CAL = workspace.with("2025-09-02", "2025-12-05", days) })
  end)

  local function national(as_of)
    local rows = w:csv("figures --as-of " .. as_of)
    for _, row in ipairs(rows) do
      if row.upn == "CAL" then
        return ("%s %s %s"):format(row.national_met_on, row.national_session, row.national_max)
      end
    end
  end

  it("meets the national threshold on the morning of 18 November, ten of ten", function()
    assert.are.equal("  9", national "2025-11-17")
    assert.are.equal("2025-11-18 AM 10", national "2025-11-18")
    local answer = w:json "explain CAL notice-to-improve --as-of 2025-11-18"
    local e = rule_of(answer.evidence, "national")
    assert.are.same({ 10, 10, true, "2025-09-08", "2025-11-18" }, { e.count, e.of, e.met, e.from, e.to })
    assert.are.equal(10, #e.sessions)
    assert.are.same({ "2025-09-09", "AM", "O" }, e.sessions[1])
    assert.are.same({ "2025-11-18", "AM", "O" }, e.sessions[10])
  end)

  it("meets it until Friday of that week, and not on 25 November; when it was first met stays", function()
    for _, case in ipairs {
      { "2025-11-18", true, 10 }, { "2025-11-21", true, 10 }, { "2025-11-23", true, 10 }, { "2025-11-24", false, 9 },
      { "2025-11-25", false, 9 }, { "2025-12-05", false, 8 },
    } do
      local answer = w:json("explain CAL notice-to-improve --as-of " .. case[1])
      local e = rule_of(answer.evidence, "national")
      assert.are.equal(case[2], e.met, case[1])
      assert.are.equal(case[3], e.count, case[1])
      assert.are.equal("2025-11-18 AM", e.first_met)
      assert.are.equal(case[2] and "2025-11-18 AM" or nil, e.since)
      assert.are.equal(10, e.largest)
    end
    assert.are.equal("2025-11-18 AM 10", national "2025-12-05")
  end)

  it("says on 25 November what is missing: nine of ten", function()
    local answer = w:json "explain CAL notice-to-improve --as-of 2025-11-25"
    assert.is_false(answer.suggested)
    assert.are.equal("9 of 10", rule_of(answer.missing, "national").have)
    assert.is_truthy(answer.gate:find("9 of 10", 1, true), answer.gate)
  end)
end)

describe("E8, a day before the last one recorded", function()
  before_each(function()
    start("2025-11-21", {
      ADA = workspace.with("2025-09-02", "2025-11-21", { ["2025-11-07"] = "N N" }),
      CAL = workspace.with("2025-09-02", "2025-11-21", { ["2025-11-20"] = "O O", ["2025-11-21"] = "O O" }),
    })
    suggest "2025-11-21"
  end)

  it("is printed as of that day", function()
    local list = w:json "--now 2025-11-21T18:00Z suggest --as-of 2025-11-07"
    assert.are.equal("absence-callback", steps_of(list, "ADA"))
    assert.are.equal("", steps_of(list, "CAL"))
  end)

  it("records nothing, and says so", function()
    local before = events()
    for _, format in ipairs { "json", "csv", "table" } do
      local got = w:expect(3, "--now 2025-11-21T18:00Z suggest --as-of 2025-11-07 --format " .. format)
      local said = format == "table" and got.out or got.err
      assert.is_truthy(said:find("waymark suggest --undo 1", 1, true), said)
      assert.is_truthy(said:find "[Nn]othing is recorded", said)
      assert.is_truthy(said:find "21 Nov" or said:find("2025-11-21", 1, true), said)
    end
    assert.are.same(before, events())
    assert.are.equal(1, #w:json "sql 'SELECT id FROM run'")
  end)

  it("does not stop the next day from being recorded", function()
    import("2025-11-24", { ADA = { ["2025-11-24"] = "N /" }, CAL = { ["2025-11-24"] = "/ \\" } })
    w:json "--now 2025-11-24T17:00Z suggest --as-of 2025-11-07"
    suggest "2025-11-24"
    assert.are.equal(2, #w:json "sql 'SELECT id FROM run'")
  end)
end)

describe("E10, a pupil who moves from Alder to Beech", function()
  local AFTER = "--now 2025-12-19T17:00Z "

  before_each(function()
    w = workspace.new { settings = [[
school { name = "Alder School", key = "Alder" }
school { name = "Beech School", key = "Beech" }
year "2025-26" {
  term { "2025-09-01", "2025-12-19", half_term = { "2025-10-27", "2025-10-31" } },
}
use "england"
use "essex"
]], files = {
      ["pupils.csv"] = "school,upn,surname,forename,dob,joined,left\nAlder,EVE,Reed,Eve,2016-05-05,,2025-11-28\n" ..
        "Beech,EVE,Reed,Eve,2016-05-05,2025-12-01,\n",
      ["alder.csv"] = workspace.registers({ EVE = { ["2025-11-24"] = "O O", ["2025-11-25"] = "O O" } }, "Alder"),
      ["beech.csv"] = workspace.registers({ EVE = { ["2025-12-01"] = "O O", ["2025-12-02"] = "O O",
        ["2025-12-03"] = "O O" } }, "Beech"),
    } }
    w:ok(AFTER .. "import pupils pupils.csv")
    w:ok(AFTER .. "import marks alder.csv")
    w:ok(AFTER .. "import marks beech.csv")
  end)

  it("has two enrolments, and meets the threshold at neither", function()
    local found = {}
    for i, row in ipairs(w:csv "figures --as-of 2025-12-05") do
      found[i] = ("%s %s %s %s%s"):format(row.school, row.upn, row.unauthorised, row.national_max, row.national_met_on)
    end
    assert.are.same({ "Alder EVE 4 4", "Beech EVE 6 6" }, found)
  end)

  it("is not to be improved by a notice from either", function()
    for _, each in ipairs(w:json(AFTER .. "suggest --as-of 2025-12-05")) do
      assert.is_nil(each.step:find "notice", each.step)
    end
  end)

  it("is not suggested anything by the school that she has left", function()
    for _, each in ipairs(w:json(AFTER .. "suggest --as-of 2025-12-05")) do
      assert.are.equal("Beech", each.school, each.step)
    end
  end)

  it("can be explained by her number, as she is at one school on that day", function()
    for day, count in pairs { ["2025-11-28"] = 4, ["2025-12-05"] = 6 } do
      local answer = w:json("explain EVE notice-to-improve --as-of " .. day)
      assert.are.equal(count, rule_of(answer.evidence, "national").count, day)
    end
  end)

  it("has an explanation that says the four at Alder are not counted, and why", function()
    local out = w:ok "explain EVE notice-to-improve --as-of 2025-12-05"
    assert.is_truthy(out:find "4[^\n]*Alder[^\n]*not counted", out)
  end)
end)

describe("Before any registers have come in", function()
  it("suggest records nothing and says why, so that the first real run is not held to be an old one", function()
    w = workspace.new { files = { ["pupils.csv"] = PUPILS } }
    w:ok "--now 2025-10-20T08:00Z import pupils pupils.csv"
    local got = w:run "--now 2025-10-20T08:00Z suggest"
    assert.are.equal(0, got.status, got.err)
    assert.is_truthy((got.out .. got.err):find "[Nn]othing is recorded: no registers have come in yet")
    assert.are.same({}, events())
    w:file("marks.csv", workspace.registers(N_ALL_DAY))
    w:ok "--now 2025-10-20T17:00Z import marks marks.csv"
    w:ok "--now 2025-10-20T17:30Z suggest"
    assert.are.same({ MADE }, events "absence-callback")
  end)
end)
