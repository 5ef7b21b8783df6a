-- Shapes of a file of marks: a row a day, a row a pupil with a column a half day, a row a pupil with a string; marks
-- that a supplier writes in its own way; and totals, which are no marks.

local folder = require "tests.support.folder"
local given = require "tests.support.import_store"

local ADA, BEN = given.ADA, given.BEN
local import, rows, value = given.import, given.rows, given.value

before_each(given.open)
after_each(given.close)

local function text(lines) return (lines:gsub("ADA", ADA):gsub("BEN", BEN)) end

local function marks(lines, reading)
  return assert(import("marks", text(lines), reading and { reading = reading }))
end

local function problem_of(lines, reading)
  local report, problem = import("marks", text(lines), reading and { reading = reading })
  assert.is_nil(report)
  return tostring(problem)
end

-- "2025-09-08 AM ADA /", in order.
local function all()
  local list = {}
  for i, row in ipairs(rows "SELECT date, session, upn, code FROM mark ORDER BY date, session, upn") do
    list[i] = ("%s %s %s %s"):format(row[1], row[2], row[3] == ADA and "ADA" or "BEN", row[4])
  end
  return list
end

local monday = { "2025-09-08 AM ADA /", "2025-09-08 AM BEN N", "2025-09-08 PM ADA \\", "2025-09-08 PM BEN N" }

local function left_out(report) return folder.read(report.left_out_path) end

describe("a file of marks with a row a day", function()
  it("has the morning and the afternoon of each pupil", function()
    local report = marks "upn,date,AM,PM\nADA,2025-09-08,/,\\\nBEN,8 September 2025,N,N\n"
    assert.same({ "daily", 4, 4, 0 }, { report.shape, report.rows, report.added, report.left_out })
    assert.same(monday, all())
  end)

  it("leaves out the mark of one bad cell, says where, and keeps it in the long form", function()
    local report = marks("upn,date,am,pm\nADA,2025-09-08,/,QQ\nBEN,2025-09-08,N,N\nADA,soon,/,\n"
      .. "NOBODY,2025-09-09,/,-\n")
    assert.same({ 8, 3, 4, 1 }, { report.rows, report.added, report.left_out, report.no_mark })
    assert.equal('unknown code "QQ" (the nearest is "Q") (column "PM")',
      given.named(report.reasons, "unknown-code").examples[1].words)
    assert.equal(2, given.named(report.reasons, "unknown-code").examples[1].line)
    assert.same({ "upn,date,session,code,line,reason",
      ADA .. ',2025-09-08,PM,QQ,2,"unknown code ""QQ"" (the nearest is ""Q"") (column ""PM"")"',
      ADA .. ',soon,AM,/,4,"not a date: ""soon"""',
      'NOBODY,2025-09-09,AM,/,5,"unknown pupil: no UPN ""NOBODY"" at 881/2345"',
      'NOBODY,2025-09-09,PM,-,5,"unknown pupil: no UPN ""NOBODY"" at 881/2345"' },
      (function()
        local list = {}
        for line in left_out(report):gmatch "[^\n]+" do list[#list + 1] = line end
        return list
      end)())
    local again = assert(import("marks", (left_out(report):gsub("QQ", "N"))))
    assert.same({ "long", 1, 3 }, { again.shape, again.added, again.left_out })
  end)
end)

describe("a file of marks with a column a half day", function()
  for _, headings in ipairs { "08/09/2025 AM,08/09/2025 PM", "Mon 8 Sep AM,Mon 8 Sep PM",
    "2025-09-08 AM,2025-09-08 PM", "8 September 2025 (morning),8 September 2025 (afternoon)", "08/09/2025,",
    "08/09/2025,08/09/2025", "AM 08/09/2025 00:00:00,PM 08/09/2025 00:00:00", "20250908 am,20250908 pm",
    "Monday 8th Sept 2025 AM,08-Sep-2025 PM",
    '"Sep 8, 2025 AM","Sep 8, 2025 PM"' } do
    it("is read with the headings " .. headings, function()
      local report = marks("upn,Name," .. headings .. "\nADA,Able,/,\\\nBEN,Best,N,N\n")
      assert.same({ "grid", 4, 4, 2 }, { report.shape, report.rows, report.added, report.sessions })
      assert.same({ "Name" }, report.ignored)
      assert.same(monday, all())
    end)
  end

  it("may have its columns in any order, and two heading rows, days over AM and PM", function()
    marks "upn,2025-09-08 PM,2025-09-08 AM\nADA,\\,/\nBEN,N,N\n"
    assert.same(monday, all())
    local report = marks("upn,08/09/2025,,09/09/2025,\n,AM,PM,AM,PM\nADA,/,\\,/,\\\nBEN,N,N,N,N\n",
      { heading_rows = 2 })
    assert.same({ 4, 4, 4 }, { report.added, report.unchanged, report.sessions })
  end)

  it("says nothing of a column that is blank for everybody, nor of days to come", function()
    local report = marks "upn,2025-09-08 AM,2025-09-08 PM,2025-09-09 AM,2026-04-13 AM\nADA,/,\\,,\nBEN,N,N,-,\n"
    assert.same({ 8, 4, 4 }, { report.rows, report.added, report.no_mark })
    assert.same({ "2025-09-08", "PM" }, given.store:schools()[1].reach)
  end)

  it("decides the order of day and month for all columns", function()
    marks "upn,01/09/2025 AM,02/09/2025 AM,03/09/2025 AM,04/09/2025 AM\nADA,/,/,/,N\n" -- no Saturday, no order but this
    assert.equal("2025-09-04 AM ADA N", all()[4])
    marks "upn,09/15/2025 AM,09/08/2025 AM\nADA,N,N\n"
    assert.equal("N", value "SELECT code FROM mark WHERE date = '2025-09-08'")
    marks("upn,10/02/2025 AM\nADA,I\n", { dates = "month-first" })
    assert.equal("I", value "SELECT code FROM mark WHERE date = '2025-10-02'")
    local why = problem_of "upn,15/09/2025 AM,09/16/2025 AM\nADA,N,N\n"
    assert.is_truthy(why:find('heading "09/16/2025 AM" is no day', 1, true), why)
    why = problem_of "upn,01/09/2025 AM\nADA,N\n" -- a Monday, or a Thursday
    assert.is_truthy(why:find('"01/09/2025 AM" may have the day first or the month', 1, true), why)
  end)

  it("takes codes with spaces of any width around them, and no small letters", function()
    local report = marks "upn,2025-09-08 AM,2025-09-08 PM\nADA, / ,\u{A0}N\u{200B}\nBEN,n,\u{A0}\n"
    assert.same({ 2, 1, 1 }, { report.added, report.left_out, report.no_mark })
    assert.equal("N", value "SELECT code FROM mark WHERE session = 'PM'")
  end)

  it("is refused where a heading does not say which half day it is, or a half day is there twice", function()
    local why = problem_of "upn,08/09/2025\nADA,/\n"
    assert.is_truthy(why:find('the heading "08/09/2025" does not say whether it is the morning', 1, true), why)
    why = problem_of "upn,08/09/2025 AM,2025-09-08 AM\nADA,/,/\n"
    assert.is_truthy(why:find("is of a half day that another column is of, too", 1, true), why)
    why = problem_of "upn,08/09/25 AM\nADA,/\n"
    assert.is_truthy(why:find("has a year of two digits", 1, true), why)
  end)

  it("changes nothing when it comes again, nor what the same marks are in the long form", function()
    local grid = "upn,2025-09-08 AM,2025-09-08 PM\nADA,/,\\\nBEN,N,N\n"
    marks(grid)
    local sheet = rows "SELECT hex(am), hex(pm) FROM sheet"
    assert.equal(4, marks(grid).unchanged)
    assert.equal(4, marks("upn,date,session,code\nADA,2025-09-08,AM,/\nADA,2025-09-08,PM,\\\nBEN,2025-09-08,AM,N\n"
      .. "BEN,2025-09-08,PM,N\n").unchanged)
    assert.same(sheet, rows "SELECT hex(am), hex(pm) FROM sheet")
  end)
end)

describe("a file of marks with a string a pupil", function()
  it("is read from its first day on, without weekends or with them", function()
    local report = marks "upn,start,marks\nADA,2025-09-04,/\\N-I\\\n" -- Thursday to Monday
    assert.same({ "string", 6, 5, 1 }, { report.shape, report.rows, report.added, report.no_mark })
    assert.same({ "2025-09-04 AM ADA /", "2025-09-04 PM ADA \\", "2025-09-05 AM ADA N", "2025-09-08 AM ADA I",
      "2025-09-08 PM ADA \\" }, all())
    report = marks("upn,marks\nBEN,/\\/\\####NN\n", { starts = "2025-09-04", weekends = true })
    assert.same({ 6, 4, 0 }, { report.added, report.agreed, report.left_out })
    assert.equal("N", value(("SELECT code FROM mark WHERE date = '2025-09-08' AND upn = '%s'"):format(BEN)))
  end)

  it("is refused, pupil by pupil, where it does not fit the calendar, with what would", function()
    local report = marks "upn,start,marks\nADA,2025-09-04,/\\/\\####NN\nBEN,2026-07-20,/\\/\\\n"
    assert.same({ 14, 0, 14 }, { report.rows, report.added, report.left_out })
    local words = {}
    for i, each in ipairs(given.named(report.reasons, "calendar").examples) do words[i] = each.words end
    assert.equal("the marks do not fit the calendar of 881/2345: 4 say that it is closed when it is open; they do if "
      .. "Saturdays and Sundays take places in it", words[1])
    assert.is_truthy(left_out(report):find("^upn,date,session,code,line,reason\n" .. ADA
      .. ",2025%-09%-04,,/\\/\\####NN,2,[^\n]+\n" .. BEN .. ",2026%-07%-20,,/\\/\\,3,[^\n]+\n$"))
    report = marks("upn,start,marks\nADA,2025-09-05,/\\/\\\n", { weekends = true })
    assert.equal("the marks do not fit the calendar of 881/2345, which is closed on Saturday 6 September 2025 and "
      .. "has a mark then; they do if Saturdays and Sundays take no places in it",
      given.named(report.reasons, "calendar").examples[1].words)
    assert.same({}, all())
  end)
end)

describe("marks that a supplier writes in its own way", function()
  it("mean what the reading says, and nothing else", function()
    local reading = { marks = { ["?"] = "", ["*"] = "N", n = "N" }, sub_codes = { I01 = "I", X1 = "O" } }
    local report = marks("upn,date,session,code\nADA,2025-09-08,AM,?\nADA,2025-09-08,PM,*\nADA,2025-09-09,AM,n\n"
      .. "ADA,2025-09-09,PM,I01\nADA,2025-09-10,AM,X1\nADA,2025-09-10,PM,!\nADA,2025-09-11,AM,i\n", reading)
    assert.same({ 4, 1, 2, 2 }, { report.added, report.no_mark, report.left_out, report.details })
    assert.same({ { "N", nil }, { "N", nil }, { "I", "I01" }, { "O", "X1" } },
      rows "SELECT code, sub_code FROM mark ORDER BY date, session")
    report = marks("upn,2025-09-08 AM,2025-09-08 PM\nBEN,*,I01\nADA,?,N\n", reading)
    assert.same({ 2, 1, 1 }, { report.added, report.unchanged, report.no_mark + report.cleared })
  end)
end)

describe("a file of totals", function()
  it("is named for what it is, with what would do", function()
    local why = problem_of "upn,Name,Possible,Authorised absences,Unauthorised absences\nADA,Able,380,4,2\n"
    assert.is_truthy(why:find("has totals of half days a pupil, and no marks", 1, true), why)
    assert.is_truthy(why:find("2025-09-08 AM", 1, true), why)
  end)
end)
