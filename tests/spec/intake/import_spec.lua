-- Importing marks from CSV: what is taken, what is left out and why, that nothing is
-- lost or counted twice, and what a file may look like.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local given = require "tests.support.import_store"

local ADA, BEN, CAL, AT, MARKS = given.ADA, given.BEN, given.CAL, given.AT, given.MARKS
local import, marks, pupils, rows, value = given.import, given.marks, given.pupils, given.rows, given.value
local assert_left_out = given.assert_left_out

before_each(given.open)
after_each(given.close)

describe("importing marks", function()
  it("takes good rows and reports what they are", function()
    local report = marks(([[
881/2345,%s,2025-09-08,AM,/
881/2345,%s,2025-09-08,PM,\
881/2345,%s,09/09/2025,am,N
881/2345,%s,2025-09-09,PM,-
]]):format(ADA, ADA, BEN, BEN))
    assert.are.equal(4, report.rows)
    assert.are.equal(3, report.added)
    assert.are.equal(1, report.no_mark)
    assert.are.equal(0, report.left_out)
    assert.are.equal("2025-09-08", report.first)
    assert.are.equal("2025-09-09", report.last)
    assert.are.equal(4, report.sessions)
    assert.are.equal(1, report.schools)
    assert.are.equal("UTF-8", report.encoding)
    assert.are.equal(0, value "SELECT count(*) FROM amendment")
    assert.are.same({ "2025-09-09", "PM" }, given.store:schools()[1].reach)
  end)

  it("changes nothing when the same file comes again, and says so", function()
    local text = ("881/2345,%s,2025-09-08,AM,/\n881/2345,%s,2025-09-08,PM,I\n"):format(ADA, BEN)
    assert.is_false(marks(text).seen_before)
    local before = rows "SELECT hex(am), hex(pm) FROM sheet"
    local report = marks(text)
    assert.is_true(report.seen_before)
    assert.are.equal(2, report.unchanged)
    assert.are.equal(0, report.added + report.changed)
    assert.are.same(before, rows "SELECT hex(am), hex(pm) FROM sheet")
    assert.are.equal(0, value "SELECT count(*) FROM amendment")
  end)

  it("amends a mark that another replaces, and counts changes by pair", function()
    marks(("881/2345,%s,2025-09-08,AM,N\n881/2345,%s,2025-09-08,AM,N\n"):format(ADA, BEN))
    local report = marks(("881/2345,%s,2025-09-08,AM,I\n881/2345,%s,2025-09-08,AM,I\n"):format(ADA, BEN),
      { at = AT + 5, by = "Sam" })
    assert.are.equal(2, report.changed)
    assert.are.same({ { was = "N", now = "I", count = 2 } }, report.pairs)
    assert.are.same({ { "N", "I", AT + 5, "Sam" }, { "N", "I", AT + 5, "Sam" } },
      rows [[SELECT w.text, n.text, a.at, a.by FROM amendment a
             JOIN code w ON w.byte = a.was JOIN code n ON n.byte = a.now]])
  end)

  it("amends a blank that is filled within the reach, and none beyond it", function()
    marks(("881/2345,%s,2025-09-10,AM,/\n"):format(ADA))
    marks(("881/2345,%s,2025-09-09,AM,O\n881/2345,%s,2025-09-10,AM,O\n881/2345,%s,2025-09-10,PM,O\n")
      :format(BEN, BEN, BEN))
    assert.are.equal(2, value "SELECT count(*) FROM amendment WHERE was = 0")
  end)

  it("lets a row without a mark say that the register came in", function()
    marks(("881/2345,%s,2025-09-10,PM,-\n"):format(ADA))
    assert.are.same({ "2025-09-10", "PM" }, given.store:schools()[1].reach)
    marks(("881/2345,%s,2025-09-10,PM,O\n"):format(ADA))
    assert.are.equal(1, value "SELECT count(*) FROM amendment")
  end)

  it("reports a blank over a known mark as cleared, and keeps the mark", function()
    marks(("881/2345,%s,2025-09-08,AM,N\n"):format(ADA))
    for _, blank in ipairs { "-", "" } do
      local report = marks(("881/2345,%s,2025-09-08,AM,%s\n"):format(ADA, blank))
      assert.are.equal(1, report.cleared)
      assert.are.equal(2, report.clears.examples[1].line)
      assert.is_truthy(report.clears.examples[1].words:find("2025-09-08 AM: N", 1, true))
    end
    assert.are.equal(1, marks(("881/2345,%s,2025-09-08,AM,N\n"):format(ADA)).unchanged)
  end)

  it("takes the later of two marks for one session, and names it", function()
    local text = ("881/2345,%s,2025-09-08,AM,N\n881/2345,%s,2025-09-08,AM,I\n"):format(ADA, ADA)
    local report = marks(text)
    assert.are.equal(1, report.added)
    assert.are.equal(1, report.repeated)
    assert.are.equal(3, report.repeats.examples[1].line)
    assert.is_truthy(report.repeats.examples[1].words:find("N, then I", 1, true))
    local again = marks(text)
    assert.are.equal(1, again.unchanged)
    assert.are.equal(0, again.changed)
    assert.are.equal(0, value "SELECT count(*) FROM amendment")
  end)

  it("keeps a morning's code in an afternoon, and warns", function()
    local report = marks(("881/2345,%s,2025-09-08,PM,/\n881/2345,%s,2025-09-08,AM,\\\n"):format(ADA, ADA))
    assert.are.equal(2, report.added)
    assert.are.equal(2, given.named(report.warnings, "wrong-half").count)
  end)

  it("counts # on a closed day as agreeing, and stores nothing", function()
    local report = marks(("881/2345,%s,2025-09-06,AM,#\n881/2345,%s,2025-09-06,PM,-\n"):format(ADA, ADA))
    assert.are.equal(1, report.agreed)
    assert.are.equal(1, report.no_mark)
    assert.are.equal(0, value "SELECT count(*) FROM sheet")
  end)

  it("keeps marks from outside the pupil's time at the school, and warns", function()
    assert(import("pupils", ("school,upn,surname,forename,joined,left\n881/2345,%s,Coe,Cal,2025-09-10,2025-09-12\n")
      :format(CAL)))
    local report = marks(([[
881/2345,%s,2025-09-09,AM,/
881/2345,%s,2025-09-10,AM,/
881/2345,%s,2025-09-15,AM,/
]]):format(CAL, CAL, CAL))
    assert.are.equal(3, report.added)
    assert.are.equal(2, given.named(report.warnings, "outside").count)
  end)

  it("finds a pupil without a UPN by the admission number", function()
    assert(import("pupils", "upn,surname,forename,admission_number\n,Doe,Dee,0042\n"))
    local report = assert(import("marks", "upn,admission_number,date,session,code\n,0042,2025-09-08,AM,/\n"))
    assert.are.equal(1, report.added)
  end)

  it("needs a UPN or an admission number, in a row a mark and in a grid", function()
    assert(import("pupils", "upn,surname,forename,admission_number\n,Doe,Dee,0042\n,Roe,Rae,0043\n"))
    local head = "admission_number,date,session,code\n"
    local report = assert(import("marks", head .. "0042,2025-09-08,AM,/\n0042,2025-09-08,PM,N\n0043,2025-09-08,AM,/\n"
      .. "0099,2025-09-08,AM,/\n"))
    assert.are.same({ 3, 1 }, { report.added, report.left_out })
    report = assert(import("marks", "admission_number,2025-09-09 AM,2025-09-09 PM\n0042,/,N\n0099,/,N\n"))
    assert.are.same({ 2, 2 }, { report.added, report.left_out })
    assert.are.equal(",0099,2025-09-09,AM,/", folder.read(report.left_out_path):match "[^\n]*\n([^\n]*AM,/)")
    for kind, text in pairs { marks = "surname,date,session,code\nDoe,2025-09-08,AM,/\n",
      contacts = "surname,forename\nDoe,Jo\n" } do
      local _, message = import(kind, text)
      assert.is_truthy(message:find('no column "upn"', 1, true), message)
      assert.is_truthy(message:find(": upn or admission_number", 1, true), message)
    end
  end)

  it("gives a mark to the stay it belongs to when a pupil came back", function()
    local head = "upn,surname,forename,joined,left\n"
    assert(import("pupils", head .. CAL .. ",Coe,Cal,2025-09-01,2025-09-30\n"))
    assert(import("pupils", head .. CAL .. ",Coe,Cal,2026-01-05,\n"))
    local report = assert(import("marks", ("upn,date,session,code\n%s,2025-09-08,AM,O\n%s,2026-01-12,AM,/\n")
      :format(CAL, CAL)))
    assert.is_nil(given.named(report.warnings, "outside"))
    assert.are.same({ { "2025-09-01" }, { "2026-01-05" } },
      rows [[SELECT date(e.joined * 86400, 'unixepoch') FROM slot s JOIN enrolment e ON e.id = s.enrolment
             ORDER BY s.slot]])
  end)

  it("says when the calendar is probably wrong", function()
    local list = {}
    for i = 1, 30 do
      list[#list + 1] = ("881/2345,%s,%s,AM,/\n"):format(ADA, i <= 20 and "2025-09-06" or "2025-09-07")
    end
    local w = given.named(marks(table.concat(list)).warnings, "calendar-wrong")
    assert.is_truthy(w.examples[1].words:find("Saturday 6 September 2025", 1, true))
  end)

  it("takes a school by its number however written, or by its name", function()
    local report = marks(([[
8812345,%s,2025-09-08,AM,/
881-2345,%s,2025-09-08,PM,\
OAKFIELD primary School,%s,2025-09-08,AM,/
]]):format(ADA, ADA, BEN))
    assert.are.equal(3, report.added)
  end)

  it("needs no school column with one school, and needs it with two", function()
    local text = ("upn,date,session,code\n%s,2025-09-08,AM,/\n"):format(ADA)
    assert.are.equal(1, assert(import("marks", text)).added)
    assert(given.store:put_school { key = "881/9999", name = "Elm" })
    local report, message = import("marks", text)
    assert.is_nil(report)
    assert.is_truthy(message:find('no column "school"', 1, true))
  end)

  it("takes a dry run as far as the report, and keeps nothing", function()
    local report = marks(("881/2345,%s,2025-09-08,AM,/\nnonsense\n"):format(ADA), { dry_run = true })
    assert.are.equal(1, report.added)
    assert.are.equal(1, report.left_out)
    assert.is_nil(report.left_out_path)
    assert.are.equal(0, value "SELECT count(*) FROM sheet")
    assert.are.equal(0, value "SELECT count(*) FROM import WHERE kind = 'marks'")
    assert.is_nil(io.open(given.dir .. "/left-out"))
  end)

  it("takes all or nothing when strict", function()
    local text = MARKS .. ("881/2345,%s,2025-09-08,AM,/\n881/2345,%s,2025-09-08,PM,QQ\n"):format(ADA, ADA)
    local report, message, full = import("marks", text, { strict = true })
    assert.is_nil(report)
    assert.is_truthy(message:find("nothing of marks.csv was taken: 1 row could not be", 1, true))
    assert.are.equal(1, full.left_out)
    assert.are.equal(2, full.rows)
    assert.is_truthy(given.named(full.reasons, "unknown-code"))
    assert.are.equal(0, value "SELECT count(*) FROM sheet")
    assert.is_nil(full.left_out_path)
    assert.is_nil((io.popen("ls " .. given.dir .. "/left-out"):read "l"))
    assert.are.equal(1, assert(import("marks", MARKS .. ("881/2345,%s,2025-09-08,AM,/\n"):format(ADA),
      { strict = true })).added)
  end)

  it("is part of the caller's transaction when there is one", function()
    assert(given.store:begin())
    assert.are.equal(1, marks(("881/2345,%s,2025-09-08,AM,/\n"):format(ADA)).added)
    local _, message = import("marks", MARKS .. "1,2\n", { strict = true })
    assert.is_truthy(message)
    assert.are.equal(1, value "SELECT count(*) FROM sheet")
    assert(given.store:rollback())
    assert.are.equal(0, value "SELECT count(*) FROM sheet")
  end)

  it("shows progress, and can be stopped", function()
    local seen
    local text = ("881/2345,%s,2025-09-08,AM,/\n"):format(ADA)
    marks(text, { progress = function(done, total) seen = done / total end })
    assert.are.equal(1, seen)
    for _, stop in ipairs { function() return false end, function() error "no" end } do
      local report, message = import("marks", MARKS .. text:gsub("08", "09"), { progress = stop })
      assert.is_nil(report)
      assert.is_truthy(message:find("stopped", 1, true))
    end
    assert.are.equal(1, value "SELECT count(*) FROM sheet")
  end)
end)

describe("a row of marks is left out", function()
  local function bad(line, name, words)
    return assert_left_out("marks", line, name, words)
  end

  it("when the school is missing or not known", function()
    bad(("Nowhere,%s,2025-09-08,AM,/"):format(ADA), "unknown-school", 'unknown school "Nowhere"')
    assert(given.store:put_school { key = "881/7777", name = "Elm" })
    bad((",%s,2025-09-08,AM,/"):format(ADA), "no-school", "the school is missing")
    bad(("881/2346,%s,2025-09-08,AM,/"):format(ADA), "unknown-school", 'the nearest is "881/2345"')
  end)

  it("when the pupil is not known or not named", function()
    bad("881/2345,A000000000000,2025-09-08,AM,/", "unknown-pupil", 'no UPN "A000000000000" at 881/2345')
    bad("881/2345,,2025-09-08,AM,/", "no-pupil", "neither a UPN nor an admission number")
  end)

  it("when the code is not known, naming the nearest", function()
    bad(("881/2345,%s,2025-09-08,AM,I01"):format(ADA), "unknown-code", 'unknown code "I01" (the nearest is "I")')
    bad(("881/2345,%s,2025-09-08,AM,i"):format(ADA), "unknown-code", 'the nearest is "I"')
  end)

  it("when the code was not in force on that date", function()
    bad(("881/2345,%s,2025-09-08,AM,H"):format(ADA), "code-not-in-force", "until 2024-08-18")
    bad(("881/2345,%s,2024-06-03,AM,C2"):format(ADA), "code-not-in-force", "since 2024-08-19")
  end)

  it("when the date is none", function()
    bad(("881/2345,%s,2025-02-30,AM,/"):format(ADA), "no-such-date", '"2025-02-30"')
    bad(("881/2345,%s,31/11/2025,AM,/"):format(ADA), "no-such-date", '"31/11/2025"')
    bad(("881/2345,%s,08/09/25,AM,/"):format(ADA), "two-digit-year", '"08/09/25"')
    bad(("881/2345,%s,8 September,AM,/"):format(ADA), "not-a-date", '"8 September"')
    bad(("881/2345,%s,,AM,/"):format(ADA), "not-a-date", "missing")
  end)

  it("when the session is neither AM nor PM", function()
    bad(("881/2345,%s,2025-09-08,1,/"):format(ADA), "session", '"1"')
  end)

  it("when the school is closed then, or has no calendar", function()
    bad(("881/2345,%s,2025-09-06,AM,/"):format(ADA), "closed-day", "the school is closed then")
    bad(("881/2345,%s,2025-09-06,AM,Y4"):format(ADA), "closed-day", "Y4")
    bad(("881/2345,%s,2019-09-09,AM,/"):format(ADA), "no-calendar", "from 2019-08-01: add the year to waymark.lua")
  end)

  it("when it is dated after today", function()
    bad(("881/2345,%s,2026-04-01,AM,/"):format(ADA), "after-today", "2026-04-01")
    local report = marks(("881/2345,%s,2026-04-01,AM,-\n"):format(ADA))
    assert.are.equal(1, report.no_mark)
    assert.is_nil(given.store:schools()[1].reach)
    assert.are.equal(1, marks(("881/2345,%s,2026-04-01,AM,/\n"):format(ADA), { today = false }).added)
  end)

  it("when it has another number of columns", function()
    bad(("881/2345,%s,2025-09-08,AM"):format(ADA), "wrong-column-count", "4 columns where the heading line has 5")
    bad(("881/2345,%s,2025-09-08,AM,/,x"):format(ADA), "wrong-column-count", "6 columns")
  end)

  it("when its quoting is broken: that line alone", function()
    local good = "881/2345," .. ADA .. ",2025-09-%02d,AM,/\n"
    local report = marks(good:format(8) .. '881/2345,"' .. ADA .. ',2025-09-09,AM,/\n' .. good:format(10) ..
      '881/2345,x"y,2025-09-11,AM\n' .. good:format(12) .. '881/2345,"x"y,2025-09-11,AM,/\n' ..
      good:format(15) .. '"881/2345,' .. ADA .. ',2025-09-16,AM,/')
    assert.are.equal(4, report.added)
    local why = given.named(report.reasons, "broken-quoting")
    assert.are.equal(4, why.count)
    assert.are.same({ 3, 5, 7, 9 }, { why.examples[1].line, why.examples[2].line, why.examples[3].line,
      why.examples[4].line })
  end)

  it("when it has a NUL byte or is longer than a megabyte", function()
    local good = ("881/2345,%s,2025-09-08,AM,/\n"):format(ADA)
    local report = marks("881/2345\0,,,,\n" .. good)
    assert.are.equal("nul-byte", report.reasons[1].name)
    assert.are.equal(1, report.added)
    report = marks(("x"):rep(3000000) .. "\n" .. good)
    assert.are.equal("line-too-long", report.reasons[1].name)
    assert.are.equal(1, report.unchanged)
    report = marks('"' .. ("x"):rep(100000) .. "\n" .. good)
    assert.are.equal("broken-quoting", report.reasons[1].name)
    assert.are.equal(1, report.unchanged)
  end)

  it("and is kept in left-out/ as it came, with line and reason", function()
    local report = marks(([[
881/2345,%s,2025-09-08,AM,I01
881/2345,"A,""B",2025-09-08,AM,/
881/2345,=1+1,2025-09-08,AM,/
881/2345,"broken
too,few
one,two,many,cells,are,here
]]):format(ADA))
    assert.are.equal(given.dir .. "/left-out/marks-20260331-233320.csv", report.left_out_path)
    assert.are.equal(([[
school,upn,date,session,code,line,reason
881/2345,%s,2025-09-08,AM,I01,2,"unknown code ""I01"" (the nearest is ""I"")"
881/2345,"A,""B",2025-09-08,AM,/,3,"unknown pupil: no UPN ""A,\x22B"" at 881/2345"
881/2345,=1+1,2025-09-08,AM,/,4,"unknown pupil: no UPN ""=1+1"" at 881/2345"
"881/2345,""broken",,,,,5,the quoting of the line is broken
too,few,,,,6,2 columns where the heading line has 5
one,two,many,cells,"are,here",7,6 columns where the heading line has 5
]]):format(ADA):gsub("\\x22", '""'), folder.read(report.left_out_path))
    local modes = io.popen(("stat -c %%a '%s' '%s/left-out'"):format(report.left_out_path, given.dir)):read "a"
    assert.are.equal("600\n700\n", modes)
    local again = marks("nonsense\n")
    assert.are.equal(given.dir .. "/left-out/marks-20260331-233320-2.csv", again.left_out_path)
  end)

  it("and may be put right and imported again from there", function()
    local report = marks(("881/2345,%s,2025-09-08,AM,I01\n"):format(ADA))
    local text = folder.read(report.left_out_path):gsub("I01", "I", 1)
    local again = assert(import("marks", text))
    assert.are.equal(1, again.added)
    assert.are.same({ "line", "reason" }, again.ignored)
    again = assert(import("marks", (text:gsub(ADA, "nobody"))))
    assert.are.equal("school,upn,date,session,code,line,reason",
      folder.read(again.left_out_path):match "^[^\n]*")
  end)
end)

describe("a file", function()
  local body = ("881/2345,%s,2025-09-08,AM,/\n881/2345,%s,2025-09-08,AM,I\n"):format(ADA, BEN)

  it("may end its lines with LF, CRLF or CR, and its last line with nothing", function()
    for i, lf in ipairs { "\n", "\r\n", "\r" } do
      local text = (MARKS .. body):gsub("\n", lf)
      local report = assert(import("marks", text))
      assert.are.equal(i == 1 and 2 or 0, report.added)
      assert.are.equal(2, assert(import("marks", (text:gsub("[\r\n]+$", "")))).unchanged)
    end
  end)

  it("may be separated by semicolons or tabs", function()
    for _, by in ipairs { ";", "\t" } do
      local report = assert(import("marks", ((MARKS .. body):gsub(",", by))))
      assert.are.equal(2, report.added + report.unchanged)
      assert.are.equal(by, report.delimiter)
    end
  end)

  it("may have its headings in any order and any case, with further columns", function()
    local report = assert(import("marks", "Code, SESSION ,Register room,Date,UPN,School\n" ..
      ('I, AM ,5,2025-09-08," %s ",881/2345\n'):format(ADA)))
    assert.are.equal(1, report.added)
    assert.are.same({ "Register room" }, report.ignored)
  end)

  it("may have a byte-order mark", function()
    assert.are.equal(2, assert(import("marks", "\xEF\xBB\xBF" .. MARKS .. body)).added)
  end)

  it("is read as Windows-1252 when it is not UTF-8, and says so", function()
    local report = pupils("881/2345," .. CAL .. ",O\x92Neil,Ren\xE9e,2015-01-02,5,5A,F,,\n")
    assert.are.equal("Windows-1252", report.encoding)
    assert.are.same({ { "O’Neil", "Renée" } },
      rows("SELECT surname, forename FROM pupil WHERE upn = '" .. CAL .. "'"))
  end)

  it("keeps quotes, commas, line breaks and emoji in names", function()
    pupils("881/2345," .. CAL .. ',"O\'Neil, ""Bo""","Zoë 🦊\nAnn",2015-01-02,5,5A,F,,\n')
    assert.are.same({ { 'O\'Neil, "Bo"', "Zoë 🦊\nAnn" } },
      rows("SELECT surname, forename FROM pupil WHERE upn = '" .. CAL .. "'"))
  end)

  it("without a required heading is refused, naming it and the nearest", function()
    local _, message = import("marks", "school,upn,datum,session,code\n" .. body)
    assert.is_truthy(message:find('no column "date"', 1, true))
    assert.is_truthy(message:find('the nearest heading in it is "datum"', 1, true))
  end)

  it("with the same heading twice is refused", function()
    local _, message = import("marks", "school,upn,date,session,code,Code\n" .. body)
    assert.is_truthy(message:find('the heading "Code" twice', 1, true))
  end)

  it("that is empty, one byte, or headings only gets a clear answer", function()
    for _, text in ipairs { "", "\n", "\n \r\n" } do
      local _, message = import("marks", text)
      assert.is_truthy(message:find("is empty", 1, true))
    end
    local _, message = import("marks", "x")
    assert.is_truthy(message:find("no column", 1, true))
    _, message = import("marks", '"')
    assert.is_truthy(message:find("heading line", 1, true))
    assert.are.equal(0, marks("").rows)
    assert.are.equal(0, marks("\n\n,,,,\n").rows)
  end)

  it("that is not there, or is a folder, is named", function()
    local _, message = given.store:import("marks", given.dir .. "/none.csv", { at = AT })
    assert.is_truthy(message:find("none.csv", 1, true))
    _, message = given.store:import("marks", given.dir, { at = AT })
    assert.is_truthy(message:find("is a folder", 1, true))
  end)

  it("may use the backslash as a code anywhere", function()
    local report = marks(('881/2345,%s,2025-09-08,PM,\\\n881/2345,%s,2025-09-08,PM,"\\"\n'):format(ADA, BEN))
    assert.are.equal(2, report.added)
  end)
end)

describe("a line of CSV", function()
  it("quotes what needs it, and disarms what a spreadsheet would take for a formula", function()
    local cells = {
      { "plain", "plain" }, { "", "" }, { "a;b", "a;b" }, { "a,b", '"a,b"' }, { 'say "so"', '"say ""so"""' },
      { "two\nlines", '"two\nlines"' }, { " lead", '" lead"' }, { "trail\t", '"trail\t"' },
      { "=1+1", "'=1+1" }, { "@x", "'@x" }, { "-x", "'-x" }, { "-", "'-" }, { "+nan", "'+nan" },
      { "-5", "-5" }, { "+1.5e3 ", '"+1.5e3 "' }, { "=a,b", "\"'=a,b\"" }, { '="', "\"'=\"\"\"" },
      { -4, "-4" }, { 1.5, "1.5" }, { true, "true" },
    }
    for _, each in ipairs(cells) do assert.equal(each[2] .. "\n", core.csv_line { each[1] }) end
    assert.equal("a,,c,\n", core.csv_line({ "a", nil, "c" }, 4))
    assert.equal("\n", core.csv_line {})
  end)

  it("is read again as it was", function()
    local cells = { "a", "b,c", 'd"e', "f\ng", "é", "", "h;i" }
    local path = given.dir .. "/line.csv"
    folder.write(path, core.csv_line { "1", "2", "3", "4", "5", "6", "7" } .. core.csv_line(cells))
    local reader = assert(core.csv(path))
    assert.same(cells, reader:next().cells)
    reader:close()
  end)
end)
