-- The rules of attendance in England, each by a worked example, as a school would see
-- them: files in, `figures`, `explain` and `suggest` out.

local core = require "waymark.core"
local waymark = require "waymark"
local workspace = require "tests.support.workspace"

local AFTER = "--now 2027-08-01T12:00Z "
local USES = 'use "england"\nuse "essex"\n'

-- Essex in 2024-25, to go before the 2025-26 of the usual settings.
local LAST_YEAR = [[
year "2024-25" {
  term { "2024-09-02", "2024-12-20", half_term = { "2024-10-28", "2024-11-01" } },
  term { "2025-01-06", "2025-04-04", half_term = { "2025-02-17", "2025-02-21" } },
  term { "2025-04-22", "2025-07-22", half_term = { "2025-05-26", "2025-05-30" } },
  inset { "2024-09-02", "2024-10-25", "2024-11-04", "2025-01-06", "2025-07-22" },
  closed { "2025-05-05" },
}
]]

-- Making schools -------------------------------------------------------------------

local made = {}

teardown(function()
  for _, w in ipairs(made) do w:remove() end
end)

local function new_workspace(settings)
  local w = workspace.new { settings = settings or LAST_YEAR .. workspace.essex }
  made[#made + 1] = w
  return w
end

local function sorted_names(by_name)
  local names = {}
  for name in pairs(by_name) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- A workspace with these pupils, { UPN = { ["2025-09-08"] = "N N", dob = "2015-01-01" } }.
-- `what`: settings; calendar, the text of a file.
local function school(pupils, what)
  what = what or {}
  local w = new_workspace(what.settings)
  local rows, marks = { "upn,surname,forename,dob,year,form" }, {}
  for _, upn in ipairs(sorted_names(pupils)) do
    rows[#rows + 1] = ("%s,%s,%s,%s,4,4A"):format(upn, upn, upn, pupils[upn].dob or "2016-01-01")
    marks[upn] = {}
    for date, pair in pairs(pupils[upn]) do marks[upn][date] = date ~= "dob" and pair or nil end
  end
  if what.calendar then
    w:file("calendar.csv", what.calendar)
    w:ok(AFTER .. "import calendar calendar.csv")
  end
  w:file("pupils.csv", table.concat(rows, "\n") .. "\n")
  w:file("marks.csv", workspace.registers(marks))
  w:ok(AFTER .. "import pupils pupils.csv")
  w:ok(AFTER .. "import marks marks.csv")
  return w
end

-- The figures as of a day, by UPN.
local function figures(w, as_of)
  local by_upn = {}
  for _, row in ipairs(w:csv("figures --as-of " .. as_of)) do by_upn[row.upn] = row end
  return by_upn
end

local function cells(row, ...)
  local values = {}
  for i, name in ipairs { ... } do values[i] = row[name] == "" and "-" or row[name] end
  return table.concat(values, " ")
end

local function threshold(row, name)
  return cells(row, name .. "_met_on", name .. "_session", name .. "_max")
end

-- The same marks on each of these days.
local function on(dates, pair, others)
  local days = {}
  for _, date in ipairs(dates) do days[date] = pair end
  for date, codes in pairs(others or {}) do days[date] = codes end
  return days
end

local function copy(days) return on({}, nil, days) end

local function weekdays(first, last)
  local list, day = {}, first
  while day <= last do
    if core.date.weekday(day) <= 5 then list[#list + 1] = day end
    day = core.date.add(day, 1)
  end
  return list
end

-- Rows of calendar.csv: every day from first to last, weekends too if asked for.
local function every_day(first, last)
  local rows, day = { "date,am,pm" }, first
  while day <= last do
    rows[#rows + 1] = day .. ",1,1"
    day = core.date.add(day, 1)
  end
  return table.concat(rows, "\n") .. "\n"
end

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
    local w = school(pupils)
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
    local w = school { ADA = { ["2025-09-08"] = "U /", ["2025-09-09"] = "O V" } }
    local physical = {}
    for _, row in ipairs(w:json "sql 'SELECT text, physical FROM code'") do physical[row.text] = row.physical end
    assert.are.same({ 1, 1, 0, 0 }, { physical.U, physical["/"], physical.O, physical.V })
    assert.are.equal("2 2", cells(figures(w, "2025-09-09").ADA, "attended", "unauthorised"))
  end)

  it("of two characters and \\ survive every way in and out", function()
    local w = school { ADA = { ["2025-09-08"] = "Y1 \\", ["2025-09-09"] = "C1 \\" } }
    local list = {}
    for _, row in ipairs(w:json [[sql "SELECT code FROM mark WHERE code IN ('\\', 'Y1') ORDER BY date, session"]]) do
      list[#list + 1] = row.code
    end
    assert.are.same({ "Y1", "\\", "\\" }, list)
    local printed = w:ok [[-e "for p in pupils {} do print(p:mark('2025-09-08', 'PM')) end"]]
    assert.are.equal("\\\tpresent\n", printed)
  end)

  it("with the other case is another code", function()
    local w = new_workspace()
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
    w = new_workspace('school { name = "Oakfield" }\n' .. USES)
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
    local days, school_days = {}, sorted_names(all_year)
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
    local rows = figures(school {
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
    local rows = figures(school {
      NINETY = on(weekdays("2025-09-08", "2025-09-11"), "/ \\", { ["2025-09-12"] = "I \\" }),
      FIFTY = { ["2025-09-08"] = "O \\" },
      MORE = on(weekdays("2025-09-08", "2025-09-12"), "/ \\", { ["2025-09-15"] = "I -" }),
    }, "2025-09-15")
    assert.are.equal("90.00 1 0", cells(rows.NINETY, "attendance", "persistent", "severe"))
    assert.are.equal("50.00 1 1", cells(rows.FIFTY, "attendance", "persistent", "severe"))
    assert.are.equal("90.91 0 0", cells(rows.MORE, "attendance", "persistent", "severe"))
  end)

  it("is not available when nothing was possible: neither 0 nor 100, nor persistent", function()
    local w = school { ADA = { ["2025-09-08"] = "X X", ["2025-09-09"] = "Y1 Z" }, BEN = {} }
    local rows = figures(w, "2025-09-09")
    for _, upn in ipairs { "ADA", "BEN" } do
      assert.are.equal("0 0 - 0 0", cells(rows[upn], "possible", "attended", "attendance", "persistent", "severe"))
    end
    assert.is_truthy(w:ok "figures --as-of 2025-09-09":find "n/a")
    for _, row in ipairs(w:json "figures --as-of 2025-09-09") do assert.is_nil(row.attendance) end
  end)

  it("leaves the impossible out of the denominator and C2 in", function()
    local rows = figures(school {
      ADA = { ["2025-09-08"] = "/ C2", ["2025-09-09"] = "D X", ["2025-09-10"] = "Q Y7", ["2025-09-11"] = "Z -" },
    }, "2025-09-11")
    assert.are.equal("2 1 1 50.00", cells(rows.ADA, "possible", "attended", "authorised", "attendance"))
  end)

  it("is that of the academic year up to the day asked about", function()
    local w = school { ADA = { ["2025-07-21"] = "O O", ["2025-09-02"] = "/ \\", ["2025-09-03"] = "I \\" } }
    for _, case in ipairs {
      { "2025-07-31", "2 0 0.00" }, { "2025-08-01", "0 0 -" }, { "2025-09-02", "2 2 100.00" },
      { "2025-09-03", "4 3 75.00" }, { "2026-07-31", "4 3 75.00" },
    } do
      assert.are.equal(case[2], cells(figures(w, case[1]).ADA, "possible", "attended", "attendance"), case[1])
    end
  end)

  it("says of a leaver what was while on roll", function()
    local w = new_workspace()
    w:file("p.csv", "upn,surname,forename,dob,joined,left\nADA,Byron,Ada,2016-01-01,2025-09-02,2025-09-12\n")
    w:file("m.csv", workspace.registers { ADA = { ["2025-09-11"] = "I I", ["2025-09-12"] = "/ \\" } })
    w:ok(AFTER .. "import pupils p.csv")
    w:ok(AFTER .. "import marks m.csv")
    assert.are.equal("4 2 50.00", cells(figures(w, "2026-03-20").ADA, "possible", "attended", "attendance"))
  end)
end)

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
    return threshold(figures(school({ ADA = days }, what), "2025-12-19").ADA, "national")
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
    local w = school { ADA = on({ "2025-06-03", "2025-06-10", "2025-06-17", "2025-06-24", "2025-07-01", "2025-07-08",
      "2025-07-15", "2025-07-21", "2025-09-02", "2025-09-09" }, "O \\") }
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
    local w = school { ADA = on(tuesdays(1, 2, 3, 4, 5), "N N") }
    assert.are.equal("2025-10-07 PM 10", threshold(figures(w, "2025-10-07").ADA, "national"))
    w:file("marks.csv", "upn,date,session,code\nADA,2025-09-16,AM,I\n")
    local report = w:ok(AFTER .. "import marks marks.csv")
    assert.is_truthy(report:find "N → I: 1")
    assert.are.equal("- - 9", threshold(figures(w, "2025-10-07").ADA, "national"))
    assert.are.equal("10 0 1 9", cells(figures(w, "2025-10-07").ADA, "possible", "attended", "authorised",
      "unauthorised"))
  end)

  it("is never met by a family together", function()
    local rows = figures(school { SIBLING1 = on(tuesdays(1, 2, 3, 4), "O O"),
      SIBLING2 = on(tuesdays(1, 2, 3, 4), "O O") }, "2025-12-19")
    assert.are.equal("- - 8", threshold(rows.SIBLING1, "national"))
    assert.are.equal("- - 8", threshold(rows.SIBLING2, "national"))
  end)

  it("keeps the first day on which it was met, when the window has moved on", function()
    local w = school { ADA = on(weekdays("2025-09-08", "2025-09-12"), "O O",
      workspace.with("2025-09-15", "2026-03-27", {})) }
    assert.are.equal("2025-09-12 PM 10", threshold(figures(w, "2026-03-27").ADA, "national"))
    local answer = w:json "explain ADA notice-to-improve --as-of 2026-03-27"
    assert.are.equal("0 of 10", answer.missing[1].have)
    assert.are.equal("2025-09-12 PM", answer.evidence[1].first_met)
  end)
end)

-- Compulsory school age ------------------------------------------------------------

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
    local w = school(pupils, { settings = 'school { name = "Oakfield" }\n' .. USES, calendar = every_day(FIRST, LAST) })
    local opened = waymark.open(w.dir)
    local ages = opened.plugins.england.national.ages
    local of_age = core.rule.count { name = "of-age", codes = "O", period = "all", ages = ages }
    counted = {}
    for pupil in opened:pupils { as_of = LAST } do
      local sessions = pupil:count(of_age):sessions()
      local first, last = sessions[1], sessions[#sessions]
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
    local rows = figures(school {
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
    local w = new_workspace()
    w:file("p.csv", "upn,surname,forename,dob\nADA,Byron,Ada,\n")
    w:file("m.csv", workspace.registers { ADA = on(weekdays("2025-09-08", "2025-09-12"), "O O") })
    w:ok(AFTER .. "import pupils p.csv")
    w:ok(AFTER .. "import marks m.csv")
    assert.are.equal("2025-09-12 PM 10", threshold(figures(w, "2025-09-12").ADA, "national"))
    local out = w:ok "explain ADA notice-to-improve --as-of 2025-09-12"
    assert.is_truthy(out:find "date of birth", out)
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
    local w = school { ADA = on(WEEK, "O U", { ["2025-09-12"] = "G N" }) }
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
    local w = school { ADA = on(WEEK, "O U", { ["2025-09-15"] = "N N" }) }
    local row = figures(w, "2025-09-19").ADA
    assert.are.equal("2025-09-12 PM 12", threshold(row, "national"))
    assert.are.equal("2025-09-12 PM 10", threshold(row, "essex"))
    assert.is_true(rule_of(explained(w), "essex").met)
  end)

  it("is created by an N that becomes O", function()
    local w = school { ADA = on(WEEK, "O O", { ["2025-09-09"] = "O N" }) }
    assert.are.equal("- - 9", threshold(figures(w, "2025-09-19").ADA, "essex"))
    w:file("marks.csv", "upn,date,session,code\nADA,2025-09-09,PM,O\n")
    w:ok(AFTER .. "import marks marks.csv")
    assert.are.equal("2025-09-12 PM 10", threshold(figures(w, "2025-09-19").ADA, "essex"))
    assert.are.equal("2025-09-12 PM 10", threshold(figures(w, "2025-09-19").ADA, "national"))
  end)

  it("is explained after the national one: with six sessions that is what is missing", function()
    local w = school { ADA = on({ "2025-09-08", "2025-09-09" }, "O O", { ["2025-09-10"] = "N N" }) }
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
      local found = assert(store:find_pupils(each[1]))[1]
      assert(store:add_entry { at = core.system.time "2025-09-20T12:00Z", on = each[2], kind = "entry.step",
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
    local outcomes = {
      { "not-taken-up", true }, { "not-engaged", true }, { "not-working", true }, { "not-kept", true },
      { "not-agreed", true }, { "did-not-attend", true },
      { "support-agreed", false }, { "working", false }, { "spoke", false }, { "no-answer", false },
      { "kept", false },
    }
    local pupils, entries = {}, {}
    for i, outcome in ipairs(outcomes) do
      pupils["P" .. i] = copy(TEN)
      entries[i] = { "P" .. i, "2025-09-10", "early-help", outcome[1] }
    end
    local w = school(pupils)
    record(w, entries)
    local suggested = {}
    for _, each in ipairs(w:json(AFTER .. "suggest --dry-run --as-of 2025-09-12")) do
      suggested[each.upn .. " " .. each.step] = true
    end
    for i, outcome in ipairs(outcomes) do
      for _, step in ipairs { "attendance-contract", "notice-to-improve" } do
        assert.are.equal(outcome[2], suggested["P" .. i .. " " .. step] or false, outcome[1] .. ", " .. step)
      end
    end
  end)

  it("is not suggested while nothing was tried, and the explanation says so", function()
    local w = school { ADA = TEN }
    local steps = steps_of(w, "ADA", "2025-09-12")
    assert.is_nil(steps["attendance-contract"])
    assert.is_nil(steps["notice-to-improve"])
    assert.is_nil(steps["legal-decision"])
    local answer = w:json "explain ADA notice-to-improve --as-of 2025-09-12"
    assert.is_truthy(answer.gate:find "no support is recorded", answer.gate)
  end)

  it("does not see what was recorded for a later day", function()
    local w = school { ADA = TEN }
    record(w, { { "ADA", "2025-09-15", "early-help", "not-working" } })
    assert.is_nil(steps_of(w, "ADA", "2025-09-12")["notice-to-improve"])
    assert.is_truthy(steps_of(w, "ADA", "2025-09-15")["notice-to-improve"])
  end)

  it("is not suggested below the threshold, whatever was tried", function()
    local nine = copy(TEN)
    nine["2025-09-12"] = "O \\"
    local w = school { ADA = nine }
    record(w, { { "ADA", "2025-09-10", "early-help", "not-working" } })
    local steps = steps_of(w, "ADA", "2025-09-12")
    assert.is_nil(steps["notice-to-improve"])
    assert.is_truthy(steps["attendance-contract"]) -- eight are enough to offer one
  end)

  it("goes to a decision only after a notice that did not help, and on only when a person says refer", function()
    local w = school { ADA = TEN }
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
