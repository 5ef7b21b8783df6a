-- When a penalty notice must be considered, and what has to come before anything formal,
-- by worked examples: files in; `figures`, `explain` and `suggest` out.

local core = require "waymark.core"
local school = require "tests.support.school"
local stored_pupils = require "waymark.store.pupils"
local workspace = require "tests.support.workspace"

local AFTER = school.AFTER
local cells, copy, figures, on = school.cells, school.copy, school.figures, school.on
local threshold, weekdays = school.threshold, school.weekdays

teardown(school.remove_all)

-- The national threshold -----------------------------------------------------------

describe("the national threshold", function()
  -- Tuesdays of the autumn of 2025, one a school week; half term is the week of 27 October.
  local TUESDAYS = { "2025-09-09", "2025-09-16", "2025-09-23", "2025-09-30", "2025-10-07", "2025-10-14", "2025-10-21",
    "2025-11-04", "2025-11-11", "2025-11-18", "2025-11-25" }

  local function tuesdays(...)
    local list = {}
    for i, n in ipairs { ... } do list[i] = TUESDAYS[n] end
    return list
  end

  local function national(days, what)
    return threshold(figures(school.with({ ADA = days }, what), "2025-12-19").ADA, "national")
  end

  it("is ten sessions of G, N, O and U, in any mix and not in a row", function()
    assert.are.equal("2025-09-24 AM 11", national { ["2025-09-09"] = "G N", ["2025-09-11"] = "/ U",
      ["2025-09-15"] = "O O", ["2025-09-18"] = "N L", ["2025-09-22"] = "U G", ["2025-09-23"] = "O I",
      ["2025-09-24"] = "N N" })
    assert.are.equal("- - 9", national(on(tuesdays(1, 2, 3, 4), "O O", { ["2025-10-07"] = "O \\" })))
  end)

  it("is met in the afternoon when that is the tenth", function()
    assert.are.equal("2025-10-07 PM 10", national(on(tuesdays(1, 2, 3, 4, 5), "O O")))
  end)

  it("does not count I, C or any other authorised absence", function()
    assert.are.equal("- - 0", national(on(weekdays("2025-09-08", "2025-09-19"), "I C")))
    assert.are.equal("- - 9", national(on(tuesdays(1, 2, 3, 4), "O O", { ["2025-10-07"] = "O I",
      ["2025-10-08"] = "M C1" })))
  end)

  it("does count U, although the pupil came", function()
    assert.are.equal("2025-09-12 PM 10", national(on(weekdays("2025-09-08", "2025-09-12"), "U U")))
  end)

  it("has a window of ten school weeks, and half term uses up none", function()
    assert.are.equal("2025-11-18 AM 10", national(on(tuesdays(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), "O \\")))
  end)

  it("is not met by ten in eleven school weeks", function()
    assert.are.equal("- - 9", national(on(tuesdays(1, 2, 3, 4, 5, 6, 7, 8, 9, 11), "O \\")))
  end)

  it("crosses the summer, terms and school years, over far more than 70 days", function()
    local w = school.with { ADA = on({ "2025-06-03", "2025-06-10", "2025-06-17", "2025-06-24", "2025-07-01",
      "2025-07-08", "2025-07-15", "2025-07-21", "2025-09-02", "2025-09-09" }, "O \\") }
    local row = figures(w, "2025-09-09").ADA
    assert.are.equal("2025-09-09 AM 10", threshold(row, "national"))
    assert.are.equal("4 2", cells(row, "possible", "unauthorised")) -- the year's own figures begin again
    assert.are.equal("- - 9", threshold(figures(w, "2025-09-08").ADA, "national"))
    assert.are.equal("2025-09-09 AM 10", threshold(figures(w, "2026-07-31").ADA, "national"))
  end)

  it("drops what lies eleven school weeks back over the summer", function()
    assert.are.equal("- - 9", national(on({ "2025-05-20", "2025-06-10", "2025-06-17", "2025-06-24", "2025-07-01",
      "2025-07-08", "2025-07-15", "2025-07-21", "2025-09-02", "2025-09-09" }, "O \\")))
  end)

  -- Ten absences, the week of 6 October left out: ten in eleven weeks, if that week is one.
  local around = on(tuesdays(1, 2, 3, 4, 6, 7, 8, 9, 10, 11), "O \\")

  it("does not use up a week with training days only", function()
    assert.are.equal("- - 9", national(around))
    local closed = "date,am,pm\n" .. table.concat(weekdays("2025-10-06", "2025-10-10"), ",0,0\n") .. ",0,0\n"
    assert.are.equal("2025-11-25 AM 10", national(around, { calendar = closed }))
  end)

  it("uses up a week with one session", function()
    local one = "date,am,pm\n2025-10-06,0,0\n2025-10-07,0,0\n2025-10-08,0,1\n2025-10-09,0,0\n2025-10-10,0,0\n"
    assert.are.equal("- - 9", national(around, { calendar = one }))
  end)

  it("uses up a week that snow closed: the calendar is the planned one", function()
    local snow = on(weekdays("2025-10-06", "2025-10-10"), "Y4 Y4", around)
    assert.are.equal("- - 9", national(snow))
  end)

  it("leaves out absence before 19 August 2024", function()
    local calendar = "date,am,pm\n" .. table.concat({ "2024-07-15", "2024-07-16", "2024-07-17", "2024-08-15",
      "2024-08-16", "2024-08-19", "2024-08-20", "2024-08-21" }, ",1,1\n") .. ",1,1\n"
    local old = on({ "2024-07-15", "2024-07-16", "2024-07-17", "2024-08-15", "2024-08-16" }, "O O")
    assert.are.equal("- - 0", national(old, { calendar = calendar }))
    old["2024-08-19"], old["2024-08-20"], old["2024-08-21"] = "O O", "O O", "O O"
    assert.are.equal("- - 6", national(old, { calendar = calendar }))
    old["2024-09-03"], old["2024-09-04"] = "O O", "O O"
    assert.are.equal("2024-09-04 PM 10", national(old, { calendar = calendar }))
  end)

  it("is undone by a mark that is amended, and the figures follow", function()
    local w = school.with { ADA = on(tuesdays(1, 2, 3, 4, 5), "N N") }
    assert.are.equal("2025-10-07 PM 10", threshold(figures(w, "2025-10-07").ADA, "national"))
    w:file("marks.csv", "upn,date,session,code\nADA,2025-09-16,AM,I\n")
    local report = w:ok(AFTER .. "import marks marks.csv")
    assert.is_truthy(report:find "N → I: 1")
    assert.are.equal("- - 9", threshold(figures(w, "2025-10-07").ADA, "national"))
    assert.are.equal("10 0 1 9", cells(figures(w, "2025-10-07").ADA, "possible", "attended", "authorised",
      "unauthorised"))
  end)

  it("is never met by a family together", function()
    local rows = figures(school.with { SIBLING1 = on(tuesdays(1, 2, 3, 4), "O O"),
      SIBLING2 = on(tuesdays(1, 2, 3, 4), "O O") }, "2025-12-19")
    assert.are.equal("- - 8", threshold(rows.SIBLING1, "national"))
    assert.are.equal("- - 8", threshold(rows.SIBLING2, "national"))
  end)

  it("keeps the first day on which it was met, when the window has moved on", function()
    local w = school.with { ADA = on(weekdays("2025-09-08", "2025-09-12"), "O O",
      workspace.with("2025-09-15", "2026-03-27", {})) }
    assert.are.equal("2025-09-12 PM 10", threshold(figures(w, "2026-03-27").ADA, "national"))
    local answer = w:json "explain ADA notice-to-improve --as-of 2026-03-27"
    assert.are.equal("0 of 10", answer.missing[1].have)
    assert.are.equal("2025-09-12 PM", answer.evidence[1].first_met)
  end)
end)

-- Essex ----------------------------------------------------------------------------

describe("the threshold in Essex", function()
  local WEEK = weekdays("2025-09-08", "2025-09-12")

  local function explained(w) return w:json "explain ADA notice-to-improve --as-of 2025-09-19" end

  local function rule_of(answer, name)
    for _, each in ipairs(answer.evidence) do
      if each.rule == name then return each end
    end
  end

  it("is not met by nine and an N, though the national one is; the explanation names the N", function()
    local w = school.with { ADA = on(WEEK, "O U", { ["2025-09-12"] = "G N" }) }
    local row = figures(w, "2025-09-19").ADA
    assert.are.equal("2025-09-12 PM 10", threshold(row, "national"))
    assert.are.equal("- - 9", threshold(row, "essex"))
    local answer = explained(w)
    assert.is_false(answer.suggested)
    assert.are.equal("essex", answer.missing[1].rule)
    assert.are.equal("9 of 10", answer.missing[1].have)
    assert.are.same({ { "2025-09-12", "PM", "N" } }, answer.missing[1].unresolved)
    assert.is_truthy(answer.gate:find("9 of 10", 1, true))
    assert.is_truthy(answer.gate:find "N on Fri 12 Sep 2025" or answer.gate:find "N on 2025%-09%-12", answer.gate)
    assert.is_truthy(answer.gate:find "would make it 10", answer.gate)
  end)

  it("is met by ten, though an N lies among them", function()
    local w = school.with { ADA = on(WEEK, "O U", { ["2025-09-15"] = "N N" }) }
    local row = figures(w, "2025-09-19").ADA
    assert.are.equal("2025-09-12 PM 12", threshold(row, "national"))
    assert.are.equal("2025-09-12 PM 10", threshold(row, "essex"))
    assert.is_true(rule_of(explained(w), "essex").met)
  end)

  it("is created by an N that becomes O", function()
    local w = school.with { ADA = on(WEEK, "O O", { ["2025-09-09"] = "O N" }) }
    assert.are.equal("- - 9", threshold(figures(w, "2025-09-19").ADA, "essex"))
    w:file("marks.csv", "upn,date,session,code\nADA,2025-09-09,PM,O\n")
    w:ok(AFTER .. "import marks marks.csv")
    assert.are.equal("2025-09-12 PM 10", threshold(figures(w, "2025-09-19").ADA, "essex"))
    assert.are.equal("2025-09-12 PM 10", threshold(figures(w, "2025-09-19").ADA, "national"))
  end)

  it("is explained after the national one: with six sessions that is what is missing", function()
    local w = school.with { ADA = on({ "2025-09-08", "2025-09-09" }, "O O", { ["2025-09-10"] = "N N" }) }
    local answer = explained(w)
    assert.are.equal("national", answer.missing[1].rule)
    assert.are.equal("6 of 10", answer.missing[1].have)
    assert.is_truthy(answer.gate:find("6 of 10", 1, true))
  end)
end)

-- Support first --------------------------------------------------------------------

describe("anything formal", function()
  -- Put entries into the case, as later commands will: { UPN, day, step, outcome }.
  local function record(w, entries)
    local store = assert(core.store.open(w.dir .. "/waymark.db", "write"))
    assert(store:begin())
    for _, each in ipairs(entries) do
      local found = stored_pupils.find(store, each[1])[1]
      assert(store:add_entry { at = core.system.time "2025-09-20T12:00Z", on = each[2], kind = "entry.recorded",
        enrolment = found.enrolment, step = each[3], body = { outcome = each[4] } })
    end
    assert(store:commit())
    store:close()
  end

  local function steps_of(w, upn, as_of)
    local steps = {}
    for _, each in ipairs(w:json(AFTER .. "suggest --dry-run --as-of " .. as_of)) do
      if each.upn == upn then steps[each.step] = each end
    end
    return steps
  end

  local TEN = on(weekdays("2025-09-08", "2025-09-12"), "O O")

  it("waits for support that was offered and was not taken up, not engaged with or did not work", function()
    local early, meeting, contract = "early-help", "declining-attendance-meeting", "attendance-contract"
    local outcomes = {
      { early, "not-taken-up", true }, { early, "not-engaged", true }, { early, "not-working", true },
      { meeting, "not-engaged", true }, { meeting, "not-working", true }, { meeting, "did-not-attend", true },
      { contract, "not-kept", true }, { contract, "not-agreed", true }, { contract, "did-not-attend", true },
      { early, "support-agreed", false }, { early, "working", false }, { "absence-callback", "spoke", false },
      { "absence-callback", "no-answer", false }, { contract, "kept", false },
    }
    local pupils, entries = {}, {}
    for i, outcome in ipairs(outcomes) do
      pupils["P" .. i] = copy(TEN)
      entries[i] = { "P" .. i, "2025-09-10", outcome[1], outcome[2] }
    end
    local w = school.with(pupils)
    record(w, entries)
    local suggested = {}
    for _, each in ipairs(w:json(AFTER .. "suggest --dry-run --as-of 2025-09-12")) do
      suggested[each.upn .. " " .. each.step] = true
    end
    for i, outcome in ipairs(outcomes) do
      for _, step in ipairs { "attendance-contract", "notice-to-improve" } do
        assert.are.equal(outcome[3], suggested["P" .. i .. " " .. step] or false,
          ("%s %s, %s"):format(outcome[1], outcome[2], step))
      end
    end
  end)

  it("is not suggested while nothing was tried, and the explanation says so", function()
    local w = school.with { ADA = TEN }
    local steps = steps_of(w, "ADA", "2025-09-12")
    assert.is_nil(steps["attendance-contract"])
    assert.is_nil(steps["notice-to-improve"])
    assert.is_nil(steps["legal-decision"])
    local answer = w:json "explain ADA notice-to-improve --as-of 2025-09-12"
    assert.is_truthy(answer.gate:find "no support is recorded", answer.gate)
  end)

  it("does not see what was recorded for a later day", function()
    local w = school.with { ADA = TEN }
    record(w, { { "ADA", "2025-09-15", "early-help", "not-working" } })
    assert.is_nil(steps_of(w, "ADA", "2025-09-12")["notice-to-improve"])
    assert.is_truthy(steps_of(w, "ADA", "2025-09-15")["notice-to-improve"])
  end)

  it("is not suggested below the threshold, whatever was tried", function()
    local nine = copy(TEN)
    nine["2025-09-12"] = "O \\"
    local w = school.with { ADA = nine }
    record(w, { { "ADA", "2025-09-10", "early-help", "not-working" } })
    local steps = steps_of(w, "ADA", "2025-09-12")
    assert.is_nil(steps["notice-to-improve"])
    assert.is_truthy(steps["attendance-contract"]) -- eight are enough to offer one
  end)

  it("goes to a decision only after a notice that did not help, and on only when a person says refer", function()
    local w = school.with { ADA = TEN }
    record(w, { { "ADA", "2025-09-10", "early-help", "not-working" } })
    assert.is_nil(steps_of(w, "ADA", "2025-09-19")["legal-decision"])
    record(w, { { "ADA", "2025-09-16", "notice-to-improve", "not-improved" } })
    local steps = steps_of(w, "ADA", "2025-09-19")
    assert.is_truthy(steps["legal-decision"])
    assert.is_nil(steps["legal-intervention"])
    record(w, { { "ADA", "2025-09-17", "legal-decision", "refer" } })
    assert.is_truthy(steps_of(w, "ADA", "2025-09-19")["legal-intervention"])
  end)
end)
