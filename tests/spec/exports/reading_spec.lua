-- What a file looks like: how it is encoded, separated and quoted, where its headings stand and
-- what of it is no record; found out without doubt, or said by a reading.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local given = require "tests.support.import_store"

local ADA, BEN, MARKS = given.ADA, given.BEN, given.MARKS
local import, named = given.import, given.named

local body = ("881/2345,%s,2025-09-08,AM,/\n881/2345,%s,2025-09-08,AM,I\n"):format(ADA, BEN)

before_each(given.open)
after_each(given.close)

-- All rows of a text as lists of cells, below its headings, and what the reader says of it.
local function cells(text, reading)
  local path = given.dir .. "/cells.csv"
  folder.write(path, text)
  local reader <close> = assert(core.csv(path, { reading = reading }))
  local list = { reader:headings() }
  for row in function() return (reader:next()) end do list[#list + 1] = row.fault or row.cells end
  return list, reader:about()
end

-- The marks of a text were taken: of Ada and Ben on 8 September.
local function taken(text, reading)
  local report = assert(import("marks", text, { reading = reading }))
  assert.equal(0, report.left_out, report.reasons[1] and report.reasons[1].examples[1].words)
  assert.equal(2, report.added + report.unchanged)
  return report
end

local function refused(text, reading)
  local report, message = import("marks", text, { reading = reading })
  assert.is_nil(report)
  return message
end

local function utf16(text, big)
  return (text:gsub(utf8.charpattern, function(c)
    local code = utf8.codepoint(c)
    if code < 0x10000 then return string.pack(big and ">I2" or "<I2", code) end
    code = code - 0x10000
    return string.pack(big and ">I2I2" or "<I2I2", 0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF))
  end))
end

describe("a file in UTF-16", function()
  it("is converted as it is read, at either end, with a mark or without", function()
    local text = "a,b\nZoë 🦊,\"x\r\ny\"\r\n" .. ("é" .. ("x"):rep(50) .. ",1\n"):rep(5000) .. "last,€"
    for _, mark in ipairs { "\u{FEFF}", "" } do
      for _, big in ipairs { false, true } do
        local list, about = cells(utf16(mark .. text, big))
        assert.equal(5003, #list)
        assert.same({ "a", "b" }, list[1])
        assert.same({ "Zoë 🦊", "x\ny" }, list[2])
        assert.equal("1", list[5002][2])
        assert.same({ "last", "€" }, list[5003])
        assert.equal("UTF-16", about.encoding)
      end
    end
    assert.equal("UTF-16", taken(utf16("\u{FEFF}" .. MARKS .. body)).encoding)
  end)

  it("with half a character says which", function()
    local list = cells(utf16 "a,b\nx,y" .. "\x3D\xD8")
    assert.same({ "x", "y\u{FFFD}" }, list[2])
    assert.matches("UTF%-32", select(2, core.csv((function()
      folder.write(given.dir .. "/32.csv", "\xFF\xFE\0\0a\0\0\0")
      return given.dir .. "/32.csv"
    end)())))
  end)
end)

describe("an encoding that is said", function()
  it("is that of every cell, where a mark does not know better", function()
    local list, about = cells("name,x\nRen\xC3\xA9,\x80\n", { encoding = "windows-1252" })
    assert.same({ "RenÃ©", "€" }, list[2])
    assert.equal("Windows-1252", about.encoding)
    list, about = cells("name\nRen\xE9\x92\n", { encoding = "iso-8859-1" })
    assert.same({ "René’" }, list[2])
    assert.equal("ISO-8859-1", about.encoding)
    list = cells("name\nRené\nRen\xE9\n", { encoding = "utf-8" })
    assert.same({ { "René" }, "the line has bytes that are not UTF-8" }, { list[2], list[3] })
    assert.same({ "é" }, cells("\xEF\xBB\xBFname\né\n", { encoding = "windows-1252" })[2])
  end)
end)

describe("separators", function()
  it("are those that split the lines most and most evenly, or are said", function()
    assert.equal("|", taken(((MARKS .. body):gsub(",", "|"))).delimiter)
    local title = "Oakfield, attendance, all of it, by session\n"
    assert.equal(";", taken(title .. (MARKS .. body):gsub(",", ";")).delimiter)
    assert.same({ "a;b", "c" }, cells("a;b,c\n1;2,3\n", { delimiter = "," })[1])
    assert.same({ "a", "b,c" }, cells("a;b,c\n1;2,3\n", { delimiter = ";" })[1])
  end)

  it("are what the first line says after sep=, which is no record", function()
    for _, line in ipairs { "sep=;\r\n", "SEP=;\n", '"sep=;"\n', "\u{FEFF}sep=;\n" } do
      local list, about = cells(line .. "a,x;b\n1;2\n")
      assert.same({ { "a,x", "b" }, { "1", "2" } }, list)
      assert.equal(";", about.delimiter)
    end
    taken("sep=\t\n" .. (MARKS .. body):gsub(",", "\t"))
  end)
end)

describe("quotes", function()
  it("are escaped by backslashes where nothing else can be meant, from there on", function()
    local list = cells('a,b\n"Bob \\"Bo\\" Coe",1\n"back\\\\slash",2\n"\\"\n"two\\"\nlines",3\n"\\",4\n')
    assert.same({ 'Bob "Bo" Coe', "1" }, list[2])
    assert.same({ "back\\slash", "2" }, list[3])
    assert.same({ '"\ntwo"\nlines', "3" }, cells('a,b\n"\\"\ntwo\\"\nlines",3\n')[2])
    assert.same({ "\\", "4" }, list[#list])
  end)

  it("are doubled otherwise: a backslash is a mark", function()
    local report = assert(import("marks", MARKS .. ('"881/2345","%s","2025-09-08","PM","\\"\n'):format(ADA)))
    assert.equal(1, report.added)
    assert.same({ "\\\\", 'a"b' }, cells('x,y\n"\\\\","a""b"\n')[2])
  end)

  it("are what is said", function()
    assert.same({ "\\", 'a"b' }, cells('x,y\n"\\\\","a\\"b"\n', { quoting = "backslash" })[2])
    assert.same({ "broken", 1 }, { cells('x,y\n"a\\"b",1\n', { quoting = "doubled" })[2]:match "broken", 1 })
  end)
end)

-- The telephone number of one record is another in its JSON; a line break in a cell is one character here.
it("of npm's csv-spectrum is read as it says", function()
  local files = 0
  for name in io.popen("ls tests/fixtures/csv-spectrum"):lines() do
    local stem = name:match "^(.*)%.csv$"
    if stem then
      local wanted = assert(core.decode((folder.read("tests/fixtures/csv-spectrum/" .. stem .. ".json")
        :gsub("\\r\\n", "\\n"):gsub("1234567890", "2095257564"))))
      local list, records = cells(folder.read("tests/fixtures/csv-spectrum/" .. name)), {}
      for i = 2, #list do
        records[i - 1] = {}
        for k, heading in ipairs(list[1]) do records[i - 1][heading] = list[i][k] end
      end
      assert.same(wanted[1] and wanted or { wanted }, records, name)
      files = files + 1
    end
  end
  assert.equal(12, files)
end)

describe("headings", function()
  it("are found below any preamble, by the names that are wanted", function()
    local preamble = "Attendance of Oakfield\n\nFrom,2025-09-01,to,2025-09-30\n\"a \"broken\" title\n"
    local report = taken(preamble .. MARKS .. body)
    assert.equal(2, report.rows)
    assert.equal(2, taken((MARKS .. body):gsub("^[^\n]*", "x,y\n\n%0"), { heading = 3 }).rows)
    assert.matches("line 2 of marks.csv is no heading line", refused("x\n\n" .. MARKS .. body, { heading = 2 }))
    assert.matches('no column "code".*the nearest heading in it is "coed"',
      refused("title\nschool,upn,date,session,coed\n" .. body))
  end)

  it("have any quotes, and spaces of any or no width", function()
    taken("'School','U\u{200B}PN\u{A0}', 'date','session','code'\n" .. body)
    taken("School,\u{FEFF}UPN,\u{A0}date,session \u{200B},code\n" .. body)
  end)

  it("are those of a reading, of several the first that is there", function()
    local reading = { columns = { upn = "Unique Pupil  No", code = { "Code of mark", "Mark" }, date = "DAY" } }
    local report = taken("school,unique_pupil_no,day,session,Mark,code\n" .. body:gsub("\n", ",Z\n"), reading)
    assert.same({ "code" }, report.ignored)
    assert.matches('no file has a column "cod"; the nearest is "code"',
      refused(MARKS .. body, { columns = { cod = "Mark" } }))
  end)

  it("twice do no harm unless they are used", function()
    local further = body:gsub("881", "1,%0"):gsub("\n", ",2\n")
    assert.same({ "x", "x" }, taken("x,school,upn,date,session,code,x\n" .. further).ignored)
    assert.matches('the heading "UPN" twice', refused("school,upn,date,session,code,UPN\n" .. body))
    local _, message = import("pupils", "upn,surname,forename,house,House\n")
    assert.matches('the heading "House" twice', message)
    folder.write(given.dir .. "/twice.csv", "a,b,A\n")
    assert.matches('the heading "A" twice', select(2, core.csv(given.dir .. "/twice.csv")))
  end)

  it("are in two rows: days above halves, whichever has the names", function()
    local upper = { "UPN", "Forename", "08/09/2025", "", "09/09/2025", "" }
    local lower = { "", "", "AM", "PM", "AM", "PM" }
    local joined = { "UPN", "Forename", "08/09/2025 AM", "08/09/2025 PM", "09/09/2025 AM", "09/09/2025 PM" }
    local function line(list) return table.concat(list, ",") .. "\n" end
    assert.same({ joined, { ADA, "Ada", "/", "\\", "I", "" } },
      cells(line(upper) .. line(lower) .. ADA .. ",Ada,/,\\,I,\n", { heading_rows = 2 }))
    upper[1], upper[2], lower[1], lower[2] = "", "", "UPN", "Forename"
    assert.same(joined, cells(line(upper) .. line(lower), { heading_rows = 2 })[1])
    -- found, where the kind's names are in one of them
    local two = "school,upn,date,session,code,08/09/2025,,\n,,,,,AM,PM,\n" .. body:gsub("\n", ",,,\n")
    assert.same({ "08/09/2025 AM", "08/09/2025 PM" }, taken(two).ignored)
    two = "Week 2,,,,,08/09/2025,,\nschool,upn,date,session,code,AM,PM,\n" .. body:gsub("\n", ",,,\n")
    assert.same({ "08/09/2025 AM", "08/09/2025 PM" }, taken(two).ignored)
  end)

  it("may be thousands", function()
    local further = {}
    for i = 1, 5000 do further[i] = "x" .. i end
    local report = taken("school,upn,date,session,code," .. table.concat(further, ",") .. "\n" ..
      body:gsub("\n", (","):rep(5000) .. "\n"))
    assert.equal(5000, #report.ignored)
  end)
end)

describe("what is no record", function()
  it("is passed over and counted: headings and titles again, totals, footers", function()
    local foot = "Total,,,,2\nGrand total:,,,,\"1,234\"\nPage 1 of 2,,,,\nPage 2 of 2\n" ..
      ",,,,Printed on 08/09/2025\n#N/A,#N/A,#N/A,,\n"
    local report = taken("Oakfield\n" .. MARKS .. body .. "\nOakfield\n" .. MARKS .. foot)
    assert.equal(2, report.rows)
    assert.equal(8, report.passed_over.count)
    assert.same({ line = 6, words = "Oakfield" }, report.passed_over.examples[1])
  end)

  it("is not a pupil whose name looks like it", function()
    local report = assert(import("pupils", "surname,forename,upn,admission_number\nPage,Ann,,1\nTotal,Bo,,2\n"))
    assert.equal(2, report.added)
    assert.equal(0, report.passed_over.count)
  end)

  it("is not a row with a cell that a spreadsheet could not work out, which is left out", function()
    local report = assert(import("marks", MARKS .. body ..
      ("881/2345,#N/A,2025-09-09,AM,/\n881/2345,%s,2025-09-09,AM,#NAME?\n881/2345,%s,2025-09-06,AM,#\n")
      :format(ADA, ADA)))
    assert.equal(2, report.left_out)
    assert.equal('upn is an error of the spreadsheet: "#N/A"', named(report.reasons, "error-cell").examples[1].words)
    assert.equal(1, report.agreed)
  end)
end)

describe("a cell", function()
  it("that is NULL is empty", function()
    local report = assert(import("marks", MARKS .. body .. ("NULL,%s,2025-09-09,AM,NULL\n"):format(ADA)))
    assert.equal(1, report.no_mark)
    assert.equal(0, report.left_out)
  end)

  it("is trimmed of spaces of any and of no width, and shows them in messages", function()
    taken(MARKS .. body:gsub(ADA, "\u{200B}%0\u{A0}"):gsub("/\n", "\u{FEFF}/\u{2009}\n"))
    local report = assert(import("marks", MARKS .. body:gsub(ADA, ADA:sub(1, 4) .. "\u{200B}" .. ADA:sub(5, 8) ..
      "\u{A0}" .. ADA:sub(9))))
    local words = named(report.reasons, "unknown-pupil").examples[1].words
    assert.matches([["B801\u{200B}2000\u{00A0}05001"]], words, 1, true)
  end)
end)

describe("dates", function()
  local function line(date, code) return ("881/2345,%s,%s,AM,%s\n"):format(ADA, date, code or "/") end
  local function days() return given.rows "SELECT date(day * 86400, 'unixepoch') FROM sheet ORDER BY day" end

  it("may be written in any way that says which day is meant, with a time after it", function()
    local written = { "2025-09-08", "2025-09-09T00:00:00", "2025-09-10 09:15:00.000000", "20250911", "2025/9/12",
      "15 September 2025", "16-Sep-2025", "Wed 17 Sept 2025", "Thursday, 18th of September, 2025", "September 19, 2025",
      "22/09/2025 00:00:00", "23.9.2025", "24-9-2025, 9:05 AM", "45925", "45926.5" }
    local list, expected = {}, {}
    for i, text in ipairs(written) do
      list[i] = line(text:find ","  and '"' .. text .. '"' or text)
      local of_month = i + 7 + 2 * ((i - 1) // 5)
      expected[i] = { ("2025-09-%02d"):format(of_month) }
    end
    local report = assert(import("marks", MARKS .. table.concat(list)))
    assert.equal(0, report.left_out)
    assert.same(expected, days())
  end)

  it("are day first or month first for the whole column, never row by row", function()
    assert.equal(2, assert(import("marks", MARKS .. line "10/09/2025" .. line "22/09/2025")).added)
    assert.same({ { "2025-09-10" }, { "2025-09-22" } }, days())
    assert.equal(2, assert(import("marks", MARKS .. line "2/3/2026" .. line "2/13/2026")).added)
    assert.same({ "2026-02-03" }, days()[3])
    -- a date of another column will do where this one's can be read in both orders
    local report = assert(import("pupils", "upn,surname,forename,dob,joined\n" .. given.CAL ..
      ",Coe,Cal,31/01/2015,02/09/2025\n"))
    assert.equal(1, report.added)
    assert.same({ { "2025-09-02" } },
      given.rows("SELECT date(joined * 86400, 'unixepoch') FROM enrolment WHERE joined IS NOT NULL"))
  end)

  it("that can be read in both orders are asked about, and nothing is taken", function()
    local text = MARKS .. line "2025-09-08" .. line "2/3/2026"
    assert.equal('marks.csv: are the dates under "date" day first or month first? 2/3/2026 may be Monday 2 March ' ..
      "2026 or Tuesday 3 February 2026; say which with --dates day-first or --dates month-first, or in a profile",
      refused(text))
    assert.same({}, days())
    assert.equal(1, assert(import("marks", MARKS .. line "9/9/2025")).added) -- the same in both
    assert.equal(2, assert(import("marks", text, { reading = { dates = "day-first" } })).added)
    assert.same({ "2026-03-02" }, days()[3])
    assert.equal(1, assert(import("marks", MARKS .. line "2/4/2026", { reading = { dates = "month-first" } })).added)
    assert.same({ "2026-02-04" }, days()[3])
  end)

  it("that are written in both orders are asked about too", function()
    local text = MARKS .. line "22/09/2025" .. line "09/23/2025"
    assert.equal('marks.csv: under "date" some dates can only be read day first (1; line 2: 22/09/2025), others only '
      .. "month first (1; line 3: 09/23/2025); put them right in the file, or say how all are meant with --dates "
      .. "day-first or --dates month-first", refused(text))
    assert.same({}, days())
    -- a slip of the pen alone is left out where it is said what the others are
    local list = {}
    for day = 13, 30 do list[#list + 1] = line(("%d/09/2025"):format(day)) end
    local report = assert(import("marks", MARKS .. table.concat(list) .. line "09/23/2025", { reading =
      { dates = "day-first" } }))
    assert.equal('no such date: "09/23/2025"', named(report.reasons, "no-such-date").examples[1].words)
    assert.equal(1, named(report.reasons, "no-such-date").count)
  end)

  it("are not read against what they prove, whoever says so", function()
    for order, texts in pairs { ["day-first"] = { "02/09/2025", "02/10/2025", "02/13/2025" },
      ["month-first"] = { "09/02/2026", "10/02/2026", "13.2.2026", "16-02-2026" } } do
      local lines = {}
      for i, text in ipairs(texts) do lines[i] = line(text) end
      local report, why = import("marks", MARKS .. table.concat(lines), { reading = { dates = order } })
      assert.is_nil(report)
      assert.matches('^marks.csv: under "date" dates are said to be ' .. order:gsub("-", " "), tostring(why))
      assert.matches(order == "day-first" and "but 1 can only be month first %(line 4: 02/13/2025%); say %-%-dates"
        or "but 2 can only be day first %(line 4: 13.2.2026%); say %-%-dates", tostring(why))
      assert.same({}, days())
    end
    local report, why = import("pupils", "upn,surname,forename,dob,joined\n" .. given.CAL ..
      ",Coe,Cal,2015-01-31,9/22/2025\n", { reading = { dates = "day-first" } })
    assert.is_nil(report)
    assert.matches('under "joined" dates are said to be day first', tostring(why))
  end)

  it("are asked about where one cell proves an order that speaks against all the others", function()
    local list = {}
    for week = 0, 3 do
      for day = 1, 5 do
        local text = os.date("!%m/%d/%Y", os.time { year = 2025, month = 9, day = 1 + 7 * week + day - 1, hour = 12 })
        if tonumber(text:sub(4, 5)) <= 12 then list[#list + 1] = line(text) end
      end
    end
    local weeks = table.concat(list):rep(6) -- 1 to 12 September, read month first
    local text = MARKS .. weeks .. line "13/10/2025"
    local why = refused(text)
    assert.matches("only 1 of %d+ dates can be read in one way alone, day first %(line %d+: 13/10/2025%)", why)
    assert.matches("on Saturdays and Sundays, and 0 read month first; put them right in the file, or say", why)
    assert.same({}, days())
    local report = assert(import("marks", text, { reading = { dates = "month-first" } }))
    assert.equal(1, report.left_out) -- the stray one
    assert.equal("2025-09-01", days()[1][1] or days()[1])
    -- birthdays are on any day of the week: one that proves the order is enough
    local people = "upn,surname,forename,dob\n" .. given.CAL .. ",Coe,Cal,31/12/2014\n"
    assert.equal(1, assert(import("pupils", people)).added)
  end)

  it("are refused with a year of two digits, or where they are none", function()
    local bad = { ["22/09/25"] = "two-digit-year", ["22 Sep 25"] = "two-digit-year", ["September 2025"] = "not-a-date",
      ["22 09 2025"] = "not-a-date", ["2025-02-30"] = "no-such-date", ["31/02/2026"] = "no-such-date",
      ["22/09/2025 x"] = "not-a-date", ["1234"] = "not-a-date", ["99999"] = "not-a-date",
      ["13/13/2025"] = "no-such-date", ["22 Smarch 2025"] = "not-a-date" }
    for text, reason in pairs(bad) do
      local report = assert(import("marks", MARKS .. line(text)))
      assert.equal(1, report.left_out, text)
      assert.is_table(named(report.reasons, reason), text)
    end
  end)
end)

describe("an examination", function()
  local function examine(text, reading)
    folder.write(given.dir .. "/what.csv", text)
    return assert(core.examine(given.dir .. "/what.csv", reading))
  end

  it("says what a file looks like, with facts by column and no meaning", function()
    local e = examine("Oakfield Primary School\nAttendance, spring\nPupil;UPN;Date;Session;Code;No\n" ..
      ("Able, Ada;%s;2/3/2026;AM;/;1\nBell, Ben;%s;13/3/2026;AM;N;2.5\n;%s;;PM;N;\n"):format(ADA, BEN, ADA) ..
      "Total;;;;;3\n")
    assert.same({ "text", "UTF-8", ";", "doubled" }, { e.form, e.encoding, e.delimiter, e.quoting })
    assert.same({ 3, 1, 3, 0, 1 }, { e.heading, e.heading_rows, e.records, e.faults, e.footer })
    assert.same({ "Oakfield Primary School", "Attendance, spring" }, e.preamble)
    assert.same({ "Pupil", "UPN", "Date", "Session", "Code", "No" }, e.headings)
    assert.same({ "Able, Ada", ADA, "2/3/2026", "AM", "/", "1" }, e.rows[1])
    assert.equal(3, #e.rows)
    local pupil, upn, date, session, code, number = table.unpack(e.columns)
    assert.equal(1, pupil.blank)
    assert.equal(3, upn.upn)
    assert.same({ [ADA] = 2, [BEN] = 1 }, upn.distinct)
    assert.same({ { day_first_only = 1, either = 1 }, "2026-03-02", "2026-03-13", 1 },
      { date.dates, date.first_date, date.last_date, date.blank })
    assert.same({ AM = 2, PM = 1 }, session.distinct)
    assert.same({ ["/"] = 1, N = 2 }, code.distinct)
    assert.same({ 2, 1 }, { number.numbers, number.blank })
    assert.is_nil(session.dates)
  end)

  it("knows no order that the dates do not prove, but the one that is said", function()
    local date = examine("upn,date\n1,2/3/2026\n").columns[2]
    assert.same({ { either = 1 } }, { date.dates, date.first_date })
    assert.equal("2026-02-03", examine("upn,date\n1,2/3/2026\n", { dates = "month-first" }).columns[2].first_date)
    local dates = examine("upn,date\n1,46086\n1,5 March 2026\n1,20260306\n1,5/3/26\n1,30/2/2026\n").columns[2]
    assert.same({ serial = 1, words = 1, iso = 1, short_year = 1 }, dates.dates)
    assert.same({ "2026-03-05", "2026-03-06" }, { dates.first_date, dates.last_date })
  end)

  it("finds the headings of a grid, in one row or two, of unknown names, or where they are said", function()
    local two = examine("Week 2,,,\n,,08/09/2025,\nUPN,Forename,AM,PM\n1,Ada,/,\\\n")
    assert.same({ 2, 2, { "UPN", "Forename", "08/09/2025 AM", "08/09/2025 PM" } },
      { two.heading, two.heading_rows, two.headings })
    assert.equal(2, examine("UPN,Forename,08/09/2025,\n,,AM,PM\n1,Ada,/,\\\n").heading_rows)
    local unknown = examine("A title\nKennung|Vorname|Datum\n1|Ada|1.9.2025\n2|Ben|2.9.2025\n")
    assert.same({ 2, "|", { "Kennung", "Vorname", "Datum" } }, { unknown.heading, unknown.delimiter, unknown.headings })
    assert.equal(4, examine("upn,date\nx,y\n\na,b\n1,2\n", { heading = 4 }).heading)
    assert.equal(2, examine("a,b,c\nPupil No,Mark,x\n", { columns = { upn = "Pupil No", code = "Mark" } }).heading)
  end)

  it("keeps at most 64 different texts of a column, and no long ones", function()
    local list = {}
    for i = 1, 100 do list[i] = ("%d,%d,%s\n"):format(i, i % 64, i == 50 and ("x"):rep(41) or "y") end
    local e = examine("upn,code,date\n" .. table.concat(list))
    assert.is_nil(e.columns[1].distinct)
    assert.equal(2, e.columns[2].distinct["7"])
    assert.is_nil(e.columns[3].distinct)
    assert.equal(20, #e.rows)
  end)

  it("fails as an import does: no file, no bytes, nothing but faults", function()
    assert.matches("none", select(2, core.examine(given.dir .. "/none.csv")))
    for text, words in pairs { [""] = "is empty", ["\0\0\0"] = "the heading line of what.csv has a NUL byte" } do
      folder.write(given.dir .. "/what.csv", text)
      assert.matches(words, select(2, core.examine(given.dir .. "/what.csv")))
    end
    assert.equal(1, examine("upn,code\n1,/\n\"2,x\n").faults)
  end)
end)

describe("a reading", function()
  it("says the school of a file that does not", function()
    assert(given.store:put_school { key = "881/9999", name = "Elm" })
    local report = assert(import("marks", ("upn,date,session,code\n%s,2025-09-08,AM,/\n"):format(ADA),
      { reading = { school = "Oakfield Primary School" } }))
    assert.equal(1, report.added)
    assert.equal(1, assert(import("marks", ("school,upn,date,session,code\n,%s,2025-09-08,AM,/\n"):format(ADA),
      { reading = { school = "881/2345" } })).unchanged)
  end)

  it("has the fields it has, and values that mean something", function()
    folder.write(given.dir .. "/x.csv", "a\n1\n")
    local function fault(reading)
      local ok, message = pcall(core.csv, given.dir .. "/x.csv", { reading = reading })
      assert.is_false(ok)
      return message
    end
    assert.matches("there is no option 'delimeter' here; the nearest is 'delimiter'", fault { delimeter = "," })
    assert.matches("'encoding' must be utf%-8, windows%-1252, iso%-8859%-1, utf%-16le or utf%-16be",
      fault { encoding = "ascii" })
    assert.matches("'shape' must be long, daily, grid or string", fault { shape = "square" })
    assert.matches("'dates' must be day%-first or month%-first", fault { dates = "us" })
    assert.matches("'delimiter' must be", fault { delimiter = ":" })
    assert.matches("'quoting' must be doubled or backslash", fault { quoting = "none" })
    assert.matches("'heading_rows' must be 1 or 2", fault { heading_rows = 3 })
    assert.matches("'heading' must be", fault { heading = -1 })
    assert.matches("'columns' must have texts in it", fault { columns = { upn = { 1 } } })
    assert.matches("'marks' must have texts in it", fault { marks = { "N" } })
    assert.matches("'sub_codes' must have texts in it", fault { sub_codes = { I01 = {} } })
    assert.matches("'starts'", fault { starts = "1 May" })
    assert.matches("'reading' must be a table", fault "utf-8")
    assert.same({ { "a" }, { "1" } }, (cells("a\n1\n", { sheet = 2, marks = { ["?"] = "" }, sub_codes = { I01 = "I" },
      weekends = true, starts = "2025-09-01", shape = "grid", records = "r", dates = "day-first" })))
  end)
end)

it("of the old spreadsheet form says how to save it", function()
  assert.matches("of the old form %(%.xls%).*save it as", refused("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" .. ("x"):rep(100)))
end)
