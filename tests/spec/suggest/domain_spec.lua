-- The rules of attendance in England, each by a worked example, as a school would see
-- them: files in, figures out. Codes, rates and compulsory school age; the thresholds are
-- in threshold_spec.

local core = require "waymark.core"
local school = require "tests.support.school"
local waymark = require "waymark"
local workspace = require "tests.support.workspace"

local AFTER, USES = school.AFTER, school.USES
local cells, figures, on = school.cells, school.figures, school.on
local threshold, weekdays = school.threshold, school.weekdays

teardown(school.remove_all)

-- Codes ----------------------------------------------------------------------------

describe("a code", function()
  -- { code, class, counts to the threshold: national, Essex }
  local codes = {
    { "/", "present" }, { "\\", "present" }, { "L", "present" },
    { "K", "educational" }, { "V", "educational" }, { "P", "educational" }, { "W", "educational" },
    { "B", "educational" },
    { "C1", "authorised" }, { "C2", "authorised" }, { "C", "authorised" }, { "E", "authorised" },
    { "I", "authorised" }, { "J1", "authorised" }, { "M", "authorised" }, { "R", "authorised" },
    { "S", "authorised" }, { "T", "authorised" },
    { "G", "unauthorised", 10, 10 }, { "N", "unauthorised", 10, 0 }, { "O", "unauthorised", 10, 10 },
    { "U", "unauthorised", 10, 10 },
    { "D", "not-possible" }, { "X", "not-possible" }, { "Q", "not-possible" }, { "Y1", "not-possible" },
    { "Y2", "not-possible" }, { "Y3", "not-possible" }, { "Y4", "not-possible" }, { "Y5", "not-possible" },
    { "Y6", "not-possible" }, { "Y7", "not-possible" },
    { "Z", "administrative" }, { "#", "administrative" },
    { "-", "missing" },
  }
  -- attended, authorised, unauthorised of ten sessions
  local counted = { present = "10 0 0", educational = "10 0 0", authorised = "0 10 0", unauthorised = "0 0 10" }
  local rows, class

  -- One pupil a code, with that code and no other in a whole week.
  setup(function()
    local pupils = {}
    for i, code in ipairs(codes) do
      pupils[("P%02d"):format(i)] = on(weekdays("2025-09-08", "2025-09-12"), code[1] .. " " .. code[1])
    end
    local w = school.with(pupils)
    rows, class = figures(w, "2025-09-12"), {}
    for _, row in ipairs(w:json "sql 'SELECT DISTINCT upn, class FROM mark'") do class[row.upn] = row.class end
  end)

  for i, code in ipairs(codes) do
    it(("%s is %s"):format(code[1], code[2]), function()
      local row, counts = rows[("P%02d"):format(i)], counted[code[2]]
      assert.are.equal(counts or "0 0 0", cells(row, "attended", "authorised", "unauthorised"))
      assert.are.equal(counts and "10" or "0", row.possible)
      if code[2] ~= "missing" then assert.are.equal(code[2], class[row.upn]) end
      assert.are.equal(tostring(code[3] or 0), row.national_max)
      assert.are.equal(tostring(code[4] or 0), row.essex_max)
    end)
  end

  it("U is an unauthorised absence, though the pupil was physically in school", function()
    local w = school.with { ADA = { ["2025-09-08"] = "U /", ["2025-09-09"] = "O V" } }
    local physical = {}
    for _, row in ipairs(w:json "sql 'SELECT text, physical FROM code'") do physical[row.text] = row.physical end
    assert.are.same({ 1, 1, 0, 0 }, { physical.U, physical["/"], physical.O, physical.V })
    assert.are.equal("2 2", cells(figures(w, "2025-09-09").ADA, "attended", "unauthorised"))
  end)

  it("of two characters and \\ survive every way in and out", function()
    local w = school.with { ADA = { ["2025-09-08"] = "Y1 \\", ["2025-09-09"] = "C1 \\" } }
    local list = {}
    for _, row in ipairs(w:json [[sql "SELECT code FROM mark WHERE code IN ('\\', 'Y1') ORDER BY date, session"]]) do
      list[#list + 1] = row.code
    end
    assert.are.same({ "Y1", "\\", "\\" }, list)
    local printed = w:ok [[-e "for p in pupils {} do print(p:mark('2025-09-08', 'PM')) end"]]
    assert.are.equal("\\\tpresent\n", printed)
  end)

  it("with the other case is another code", function()
    local w = school.workspace()
    w:file("p.csv", "upn,surname,forename\nADA,Byron,Ada\n")
    w:file("m.csv", "upn,date,session,code\nADA,2025-09-08,AM,o\nADA,2025-09-08,PM,y1\n")
    w:ok(AFTER .. "import pupils p.csv")
    local out = w:expect(3, AFTER .. "import marks m.csv").out
    assert.is_truthy(out:find 'unknown code "o"' and out:find 'unknown code "y1"', out)
  end)
end)

describe("a code of its time", function()
  local DATES = { "2013-07-15", "2013-09-02", "2024-07-15", "2024-08-16", "2024-08-19", "2024-09-09" }
  local calendar = { "date,am,pm" }
  for i, date in ipairs(DATES) do calendar[i + 1] = date .. ",1,1" end

  -- { code, class, in force on each of DATES }
  local cases = {
    { "H", "authorised", "yes yes yes yes no no" },
    { "J", "educational", "yes yes yes yes no no" },
    { "Y", "not-possible", "yes yes yes yes no no" },
    { "F", "authorised", "yes no no no no no" },
    { "O", "unauthorised", "yes yes yes yes yes yes" },
  }
  for _, code in ipairs { "C1", "C2", "J1" } do cases[#cases + 1] = { code, "authorised", "no no no no yes yes" } end
  for _, code in ipairs { "Q", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7" } do
    cases[#cases + 1] = { code, "not-possible", "no no no no yes yes" }
  end
  local w, class, report

  setup(function()
    w = school.workspace('school { name = "Oakfield" }\n' .. USES)
    local pupils, marks = { "upn,surname,forename" }, { "upn,date,session,code" }
    for i, case in ipairs(cases) do
      pupils[i + 1] = ("P%02d,Pupil,%s"):format(i, case[1])
      for _, date in ipairs(DATES) do marks[#marks + 1] = ("P%02d,%s,AM,%s"):format(i, date, case[1]) end
    end
    w:file("calendar.csv", table.concat(calendar, "\n") .. "\n")
    w:file("pupils.csv", table.concat(pupils, "\n") .. "\n")
    w:file("marks.csv", table.concat(marks, "\n") .. "\n")
    w:ok(AFTER .. "import calendar calendar.csv")
    w:ok(AFTER .. "import pupils pupils.csv")
    report = w:expect(3, AFTER .. "import marks marks.csv").out
    class = {}
    for _, row in ipairs(w:json "sql 'SELECT upn, date, class FROM mark'") do
      class[row.upn .. " " .. row.date] = row.class
    end
  end)

  for i, case in ipairs(cases) do
    it(("%s is taken on its days only"):format(case[1]), function()
      local taken = {}
      for k, date in ipairs(DATES) do
        local found = class[("P%02d %s"):format(i, date)]
        taken[k] = found and "yes" or "no"
        if found then assert.are.equal(case[2], found) end
      end
      assert.are.equal(case[3], table.concat(taken, " "))
    end)
  end

  it("is named with its dates when it is left out", function()
    assert.is_truthy(report:find('"H" not in force on 2024-08-19 (until 2024-08-18)', 1, true), report)
  end)
end)

-- Rates ----------------------------------------------------------------------------

describe("a rate", function()
  -- The whole year of 190 days, 380 sessions, with something else on its first days.
  local all_year = workspace.with("2025-09-01", "2026-07-20", {})

  local function year_with(...)
    local days, school_days = {}, school.sorted_names(all_year)
    for date, pair in pairs(all_year) do days[date] = pair end
    local at = 0
    for _, each in ipairs { ... } do
      for _ = 1, each[1] do
        at = at + 1
        days[school_days[at]] = each[2]
      end
    end
    return days
  end

  it("counts persistent absence on the pupil's own possible sessions, by counts: ten per cent or more", function()
    local rows = figures(school.with {
      A38OF380 = year_with({ 19, "I I" }),
      B37OF370 = year_with({ 18, "I I" }, { 1, "I \\" }, { 5, "X X" }),
      C37OF380 = year_with({ 18, "I I" }, { 1, "I \\" }),
      D36OF370 = year_with({ 18, "O O" }, { 5, "Y1 D" }),
      E190OF380 = year_with({ 95, "C2 I" }),
      F189OF380 = year_with({ 94, "O I" }, { 1, "O \\" }),
    }, "2026-07-20")
    for _, case in ipairs {
      { "A38OF380", "380 342 90.00 1 0" }, { "B37OF370", "370 333 90.00 1 0" }, { "C37OF380", "380 343 90.26 0 0" },
      { "D36OF370", "370 334 90.27 0 0" }, { "E190OF380", "380 190 50.00 1 1" }, { "F189OF380", "380 191 50.26 1 0" },
    } do
      assert.are.equal(case[2], cells(rows[case[1]], "possible", "attended", "attendance", "persistent", "severe"),
        case[1])
    end
  end)

  it("of exactly 90 % is persistent absence, and of exactly 50 % severe", function()
    local rows = figures(school.with {
      NINETY = on(weekdays("2025-09-08", "2025-09-11"), "/ \\", { ["2025-09-12"] = "I \\" }),
      FIFTY = { ["2025-09-08"] = "O \\" },
      MORE = on(weekdays("2025-09-08", "2025-09-12"), "/ \\", { ["2025-09-15"] = "I -" }),
    }, "2025-09-15")
    assert.are.equal("90.00 1 0", cells(rows.NINETY, "attendance", "persistent", "severe"))
    assert.are.equal("50.00 1 1", cells(rows.FIFTY, "attendance", "persistent", "severe"))
    assert.are.equal("90.91 0 0", cells(rows.MORE, "attendance", "persistent", "severe"))
  end)

  it("is not available when nothing was possible: neither 0 nor 100, nor persistent", function()
    local w = school.with { ADA = { ["2025-09-08"] = "X X", ["2025-09-09"] = "Y1 Z" }, BEN = {} }
    local rows = figures(w, "2025-09-09")
    for _, upn in ipairs { "ADA", "BEN" } do
      assert.are.equal("0 0 - 0 0", cells(rows[upn], "possible", "attended", "attendance", "persistent", "severe"))
    end
    assert.is_truthy(w:ok "figures --as-of 2025-09-09":find "n/a")
    for _, row in ipairs(w:json "figures --as-of 2025-09-09") do assert.is_nil(row.attendance) end
  end)

  it("leaves the impossible out of the denominator and C2 in", function()
    local rows = figures(school.with {
      ADA = { ["2025-09-08"] = "/ C2", ["2025-09-09"] = "D X", ["2025-09-10"] = "Q Y7", ["2025-09-11"] = "Z -" },
    }, "2025-09-11")
    assert.are.equal("2 1 1 50.00", cells(rows.ADA, "possible", "attended", "authorised", "attendance"))
  end)

  it("is that of the academic year up to the day asked about", function()
    local w = school.with { ADA = { ["2025-07-21"] = "O O", ["2025-09-02"] = "/ \\", ["2025-09-03"] = "I \\" } }
    for _, case in ipairs {
      { "2025-07-31", "2 0 0.00" }, { "2025-08-01", "0 0 -" }, { "2025-09-02", "2 2 100.00" },
      { "2025-09-03", "4 3 75.00" }, { "2026-07-31", "4 3 75.00" },
    } do
      assert.are.equal(case[2], cells(figures(w, case[1]).ADA, "possible", "attended", "attendance"), case[1])
    end
  end)

  it("says of a leaver what was while on roll", function()
    local w = school.workspace()
    w:file("p.csv", "upn,surname,forename,dob,joined,left\nADA,Byron,Ada,2016-01-01,2025-09-02,2025-09-12\n")
    w:file("m.csv", workspace.registers { ADA = { ["2025-09-11"] = "I I", ["2025-09-12"] = "/ \\" } })
    w:ok(AFTER .. "import pupils p.csv")
    w:ok(AFTER .. "import marks m.csv")
    assert.are.equal("4 2 50.00", cells(figures(w, "2026-03-20").ADA, "possible", "attended", "attendance"))
  end)
end)

-- Compulsory school age ------------------------------------------------------------

-- Rows of calendar.csv: every day from first to last, weekends too.
local function every_day(first, last)
  local rows, day = { "date,am,pm" }, first
  while day <= last do
    rows[#rows + 1] = day .. ",1,1"
    day = core.date.add(day, 1)
  end
  return table.concat(rows, "\n") .. "\n"
end

describe("compulsory school age", function()
  -- A school that is open every day, so that the very first and last day can be seen.
  -- { born, first day that counts, last day that counts; "" before or after the calendar }
  local cases = {
    { "2019-12-31", "2024-12-31", "", "turned five on a prescribed day" },
    { "2020-01-01", "2025-03-31", "", "turned five just after one" },
    { "2020-02-29", "2025-03-31", "", "turned five on 29 February, which 2025 did not have" },
    { "2020-03-31", "2025-03-31", "", "turned five on 31 March" },
    { "2020-04-01", "2025-08-31", "", "turned five on 1 April" },
    { "2020-08-31", "2025-08-31", "", "was born on 31 August" },
    { "2020-09-01", "2025-12-31", "", "was born on 1 September" },
    { "2021-01-01", "2026-03-31", "", "turns five in the new year" },
    { "2008-02-29", "", "2024-06-28", "turned sixteen on 29 February" },
    { "2008-09-01", "", "2025-06-27", "turned sixteen on the first day of a school year" },
    { "2009-08-31", "", "2025-06-27", "turned sixteen on the last day of a school year" },
    { "2009-09-01", "", "2026-06-26", "is the oldest of a year group" },
    { "2010-08-31", "", "2026-06-26", "is the youngest of a year group" },
    { "2015-05-05", "", "", "is nine" },
    { "", "", "", "has no date of birth" },
  }
  local FIRST, LAST = "2024-06-20", "2026-07-10"
  local counted

  setup(function()
    local pupils, absent, day = {}, {}, FIRST
    while day <= LAST do
      absent[day] = "O O"
      day = core.date.add(day, 1)
    end
    for i, case in ipairs(cases) do
      local days = { dob = case[1] }
      for date, pair in pairs(absent) do days[date] = pair end
      pupils[("P%02d"):format(i)] = days
    end
    local w = school.with(pupils, { settings = 'school { name = "Oakfield" }\n' .. USES,
      calendar = every_day(FIRST, LAST) })
    local opened = waymark.open(w.dir)
    local ages = opened.plugins.england.national.ages
    local of_age = core.rule.count { name = "of-age", codes = "O", period = "all", ages = ages }
    counted = {}
    for pupil in opened:pupils { as_of = LAST } do
      local evidence = pupil:count(of_age)
      local sessions = evidence:sessions()
      local first, last = sessions[1], sessions[#sessions]
      assert.are.equal(#sessions, evidence.count)
      assert.are.equal("AM", first.session)
      assert.are.equal("PM", last.session)
      counted[pupil.upn] = { first.date == FIRST and "" or first.date, last.date == LAST and "" or last.date }
    end
    opened:close()
  end)

  for i, case in ipairs(cases) do
    it(("is tested for each session: a pupil who %s"):format(case[4]), function()
      assert.are.same({ case[2], case[3] }, counted[("P%02d"):format(i)])
    end)
  end

  it("decides which sessions count to the threshold, and not which count to the rate", function()
    local absent = weekdays("2025-03-24", "2025-04-04")
    local rows = figures(school.with {
      NINE = on(absent, "O O", { dob = "2016-01-01" }),
      FIVE = on(absent, "O O", { dob = "2020-01-05" }),
      FOUR = on(absent, "O O", { dob = "2020-04-05" }),
    }, "2025-04-04")
    assert.are.equal("2025-03-28 PM 20", threshold(rows.NINE, "national"))
    assert.are.equal("2025-04-04 PM 10", threshold(rows.FIVE, "national")) -- from Monday 31 March
    assert.are.equal("- - 0", threshold(rows.FOUR, "national"))
    for _, row in pairs(rows) do assert.are.equal("20", row.unauthorised) end
  end)

  it("is taken for granted without a date of birth, and the explanation says so", function()
    local w = school.workspace()
    local week = on(weekdays("2025-09-08", "2025-09-12"), "O O")
    w:file("p.csv", "upn,surname,forename,dob\nADA,Byron,Ada,\nBEN,Stone,Ben,2016-01-01\n")
    w:file("m.csv", workspace.registers { ADA = week, BEN = week })
    w:ok(AFTER .. "import pupils p.csv")
    w:ok(AFTER .. "import marks m.csv")
    assert.are.equal("2025-09-12 PM 10", threshold(figures(w, "2025-09-12").ADA, "national"))
    local out = w:ok "explain ADA notice-to-improve --as-of 2025-09-12"
    assert.is_truthy(out:find "no date of birth", out)
    assert.is_nil(w:ok "explain BEN notice-to-improve --as-of 2025-09-12":find "date of birth")
  end)
end)
