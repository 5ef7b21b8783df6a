-- Files that are no text: Excel workbooks, XML and JSON, each made here. What is read of them, and what is said of
-- those that cannot be.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local given = require "tests.support.import_store"
local zip = require "tests.support.zip"

local top

setup(function() top = folder.new() end)
teardown(function() folder.remove(top) end)

local function path_of(bytes, name)
  local path = top .. "/" .. name
  folder.write(path, bytes)
  return path
end

-- The headings, and each record with its line: "4|B80|2025-09-08"; nil and what is said of a file that cannot be
-- read.
local function read(bytes, name, reading)
  local reader, message = core.csv(path_of(bytes, name), { reading = reading })
  if not reader then return nil, message end
  local lines = { table.concat(reader:headings(), "|") }
  local row
  row, message = reader:next()
  while row do
    local fault = row.fault and " !" .. row.fault or ""
    lines[#lines + 1] = ("%d|%s%s"):format(row.line, table.concat(row.cells, "|"), fault)
    row, message = reader:next()
  end
  local about = reader:about()
  reader:close()
  if message then return nil, message end
  assert.equal(core.system.sha256(bytes), about.digest)
  return lines, about.encoding
end

local function refused(pattern, bytes, name, reading)
  local lines, message = read(bytes, name, reading)
  assert.is_nil(lines)
  assert.truthy(message:find(pattern, 1, true), message)
end

-- Excel ------------------------------------------------------------------------------

local function book(rows, more)
  local all = { sheets = { { rows = rows } } }
  for key, value in pairs(more or {}) do all[key] = value end
  return zip.workbook(all)
end

describe("an Excel workbook", function()
  it("gives texts, numbers as they are written, yes and no, errors", function()
    assert.same({ "upn|text|number|flag|gap|last", "2|A1|Zoë & <Ann>|1.1|TRUE||#N/A", "3||Ann Lee|0.00000025|FALSE||",
      "5|A3|Ann|1000||x|", "6|A4|12345678901234500000|0.3|||" }, (read(book({
        { "upn", "text", "number", "flag", "gap", "last" },
        { "A1", "Zoë & <Ann>", { v = "1.1000000000000001" }, true, nil, { t = "e", v = "#N/A" } },
        { nil, { t = "inlineStr", xml = "<is><r><t>Ann </t></r><r><t>Lee</t></r><rPh><t>an</t></rPh></is>" },
          { v = "2.5E-7" }, false, { s = 0 } },
        [5] = { " A3 ", "<r><t>Ann</t></r><rPh><t>an</t></rPh>", { v = "1E+3" }, nil, { t = "str", v = "x" } },
        [6] = { "A4", { v = "1.23456789012345E+19" }, { v = "0.30000000000000004" } },
      }, { deflated = true }), "values.xlsx")))
  end)

  it("gives days and times by the formats of their cells", function()
    local formats = { 14, "dd/mm/yyyy hh:mm", '[$-809]d" of "mmmm\\ yyyy;@', "[h]:mm", "0.00", "mmm", '"day" 0',
      "[Red]0", 22 }
    local cells = {}
    for s = 1, 9 do cells[s] = { v = "45908.364583333", s = s } end
    local early = { { v = "61", s = 1 }, { v = "60", s = 1 }, { v = "59", s = 1 }, { v = "1.5", s = 4 },
      { v = "-1", s = 1 }, { v = "1e9", s = 1 }, { v = "45908.9999999", s = 2 }, { v = "0.25", s = 4 },
      { v = "2025-09-08T00:00:00", t = "d" } }
    local heading = { "a", "b", "c", "d", "e", "f", "g", "h", "i" }
    assert.same({ table.concat(heading, "|"),
      "2|2025-09-08|2025-09-08 08:45|2025-09-08|1101800:45|45908.364583333|2025-09-08|45908.364583333|45908.364583333"
        .. "|2025-09-08 08:45",
      "3|1900-03-01|60|1900-02-28|36:00|-1|1000000000|2025-09-09|06:00|2025-09-08T00:00:00" },
      (read(book({ heading, cells, early }, { formats = formats }), "days.xlsx")))
    assert.same({ "a|b", "2|2029-09-09|1904-01-01" },
      (read(book({ { "a", "b" }, { { v = "45908", s = 1 }, { v = "0", s = 1 } } },
        { formats = { 14 }, from_1904 = true }), "mac.xlsx")))
  end)

  it("is read of its first sheet that is shown, or of the one that is named", function()
    local bytes = zip.workbook { sheets = { { name = "Old", hidden = true, rows = { { "a" }, { "old" } } },
      { name = "Marks & more", rows = { { "a" }, { "new" } } },
      { name = "Notes", rows = { { "a" }, { "note" } } } } }
    assert.same({ "a", "2|new" }, (read(bytes, "sheets.xlsx")))
    assert.same({ "a", "2|note" }, (read(bytes, "sheets.xlsx", { sheet = "notes" })))
    assert.same({ "a", "2|old" }, (read(bytes, "sheets.xlsx", { sheet = "1" })))
    refused('sheets.xlsx has no sheet "May"; its sheets are "Old", "Marks & more", "Notes"', bytes, "sheets.xlsx",
      { sheet = "May" })
  end)

  it("that is of another form, locked or damaged is said to be", function()
    local ole = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" .. ("\0"):rep(504)
    refused("old form (.xls)", ole, "old.xls")
    refused("protected by a password; open it, take the password off", ole .. ("EncryptedPackage"):gsub(".", "%0\0"),
      "locked.xlsx")
    refused("protected by a password", zip.file { { "xl/workbook.xml", "x", encrypted = true } }, "zip.xlsx")
    refused("a binary workbook", zip.file { { "xl/workbook.bin", "x" } }, "book.xlsb")
    refused("a document of LibreOffice", zip.file { { "content.xml", "x" } }, "sheet.ods")
    refused("no whole zip file", book({ { "a" }, { "b" } }):sub(1, -200), "cut.xlsx")
    refused("names a text that is not there", book { { "a" }, { { t = "s", v = "7" } } }, "text.xlsx")
    refused("beyond the last column", zip.workbook { sheets = { { xml = "<worksheet><sheetData><row><c r='ZZZ1'><v>1"
      .. "</v></c></row></sheetData></worksheet>" } } }, "wide.xlsx")
    refused("a row has more cells than columns", zip.workbook { sheets = { { xml = "<worksheet><sheetData><row>"
      .. ("<c r='A1'><v>1</v></c>"):rep(16385) .. "</row></sheetData></worksheet>" } } }, "cells.xlsx")
    local cell = "<c t='str'><v>" .. ("x"):rep(30000) .. "</v></c>"
    refused("row 1 of texts.xlsx has more than 8 MB in it", zip.workbook { sheets = { { xml = "<worksheet><sheetData>"
      .. "<row>" .. cell:rep(300) .. "</row></sheetData></worksheet>" } } }, "texts.xlsx")
    refused("unpacks to more than 300 times its size", zip.workbook { deflated = true, sheets = {
      { xml = "<worksheet><sheetData>" .. (" "):rep(70 << 20) } } }, "bomb.xlsx")
  end)
end)

-- XML --------------------------------------------------------------------------------

local sims = [[<?xml version="1.0" encoding="ISO-8859-1"?>
<SessionAttendances>
 <SessionAttendance><PersonID>7</PersonID><AttendanceDate>2025-09-08T00:00:00</AttendanceDate>
  <SessionName>AM</SessionName><AttendanceMark>L</AttendanceMark>
  <Comments>Caf%s &amp; bus</Comments><MinsLate>5</MinsLate>
 </SessionAttendance>
 <SessionAttendance><PersonID>8</PersonID><AttendanceDate>2025-09-08T00:00:00</AttendanceDate>
  <SessionName>AM</SessionName><AttendanceMark>/</AttendanceMark><Comments/><MinsLate/><Password>secret</Password>
 </SessionAttendance>
</SessionAttendances>
]]

local ctf = [[<CTfile><Header><DocumentName>Common Transfer File</DocumentName><SourceSchool>
<LEA>881</LEA><Estab>2345</Estab><SchoolName>Oakfield</SchoolName></SourceSchool></Header><CTFpupilData>
<Pupil><UPN>A1</UPN><Surname>Byron</Surname><Contacts><Contact><Surname>Gordon</Surname></Contact><Contact>
<Surname>Milbanke</Surname></Contact></Contacts><Attendance><YearData><Year>2025</Year><LEA>881</LEA><Estab>2345</Estab>
<AttendSessions><AttendanceStartDate>2025-09-01</AttendanceStartDate><AttendanceMarks>/\N</AttendanceMarks>
</AttendSessions>
<AttendSessions><AttendanceStartDate>2025-09-08</AttendanceStartDate><AttendanceMarks>/\/</AttendanceMarks>
</AttendSessions></YearData></Attendance><Gender>F</Gender></Pupil>
<Pupil><UPN>A2</UPN><Surname>Moss</Surname></Pupil>
</CTFpupilData></CTfile>
]]

describe("an XML file", function()
  it("is records of the element that repeats, by its declaration", function()
    local lines, encoding = read(sims:format "\xE9", "sims.xml")
    assert.same({ "PersonID|AttendanceDate|SessionName|AttendanceMark|Comments|MinsLate",
      "3|7|2025-09-08T00:00:00|AM|L|Café & bus|5", "7|8|2025-09-08T00:00:00|AM|/||" }, lines)
    assert.equal("ISO-8859-1", encoding)
  end)

  it("makes a record of each part that repeats, with the fields around it", function()
    local lines = read(ctf, "ctf.xml", { records = "AttendSessions" })
    assert.equal("DocumentName|SourceSchool.LEA|SourceSchool.Estab|SchoolName|UPN|Surname|Year|LEA|Estab"
      .. "|AttendanceStartDate|AttendanceMarks|Gender|SourceSchool.LEAEstab|LEAEstab", lines[1])
    assert.same({ "5|Common Transfer File|881|2345|Oakfield|A1|Byron|2025|881|2345|2025-09-01|/\\N|F|8812345|8812345",
      "7|Common Transfer File|881|2345|Oakfield|A1|Byron|2025|881|2345|2025-09-08|/\\/|F|8812345|8812345" },
      { table.unpack(lines, 2) })
    lines = read(ctf, "ctf.xml") -- found: a pupil, and of each all that repeats
    assert.equal(6, #lines)
    assert.truthy(lines[1]:find "|UPN|Surname|Contact.Surname|")
    assert.truthy(lines[2]:find "|A1|Byron|Gordon|")
    assert.truthy(lines[6]:find "|A2|Moss|")
  end)

  it("may have one record alone, attributes, and a value several times", function()
    assert.same({ "id|UPN|Phone|Mark", '1|7|A1|01; 02|N & "I"' },
      (read('<all><Pupil id="7"><UPN>A1</UPN><Phone>01</Phone> <Phone> 02 </Phone><Mark><![CDATA[N & "I"]]></Mark>'
        .. "</Pupil></all>", "one.xml")))
  end)

  it("is refused with a document type, too deep, cut short, or of no records", function()
    refused("has a document type", '<!DOCTYPE a [<!ENTITY b "c">]><a><b>&b;</b></a>', "type.xml")
    refused("line 3 of entity.xml is no longer XML: Entity 'x' not defined", "<a>\n<b/>\n<b>&x;</b></a>", "entity.xml")
    refused("more than 64 deep", ("<a>"):rep(100), "deep.xml")
    refused("of cut.xml is no longer XML", sims:sub(1, 300), "cut.xml")
    refused('has no records called "Mark"; what repeats in it: "SessionAttendance"', sims, "sims.xml",
      { records = "Mark" })
    refused("has no records in it", "<a/>", "empty.xml")
    refused("is a web page", "<html><table><tr><td>1</td></tr></table></html>", "page.xls")
    refused("is a web page", "\xEF\xBB\xBF<!DOCTYPE html><table></table>", "mark.xls")
    assert.same({ "a|b", "1|1|2", "1|3|4" }, (read("<Headers><h><a>1</a><b>2</b></h><h><a>3</a><b>4</b></h></Headers>",
      "headers.xml")))
  end)

  it("of a record larger than memory should hold gives what is whole", function()
    local parts = {}
    for i = 1, 20000 do parts[i] = ("<Mark><Date>%d</Date><Code>/%s</Code></Mark>"):format(i, ("x"):rep(80)) end
    local lines = read("<all><Pupil><UPN>A1</UPN>" .. table.concat(parts) .. "<Late>1</Late></Pupil><Pupil/></all>",
      "large.xml", { records = "Mark" })
    assert.equal(20001, #lines)
    assert.equal("1|A1|1|/" .. ("x"):rep(80) .. "|", lines[2])
    assert.equal("1|A1|20000|/" .. ("x"):rep(80) .. "|1", lines[20001])
  end)
end)

-- JSON -------------------------------------------------------------------------------

local wonde = [[{
  "data": [
    { "id": "A1", "date": { "date": "2025-09-08 00:00:00.000000", "timezone_type": 3 }, "session": "AM",
      "student": { "data": { "upn": "B1" } }, "attendance_code_id": "C1", "comment": null, "minutes_late": 5 },
    { "id": "A2", "date": { "date": "2025-09-08 00:00:00.000000", "timezone_type": 3 }, "session": "PM",
      "student": { "data": { "upn": "B1" } }, "attendance_code_id": "C2",
      "comment": "Caf\u00e9", "minutes_late": null } ],
  "attendance_codes": [ { "id": "C2", "code": "N" }, { "id": "C1", "code": "L" } ],
  "meta": { "pagination": { "more": false } }
}]]

describe("a JSON file", function()
  it("is records of its list, with codes looked up by their ids", function()
    assert.same({ "id|date.date|date.timezone_type|session|student.data.upn|attendance_code_id|comment|minutes_late"
      .. "|attendance_code.code", "1|A1|2025-09-08 00:00:00.000000|3|AM|B1|C1||5|L",
      "2|A2|2025-09-08 00:00:00.000000|3|PM|B1|C2|Café||N" }, (read(wonde, "page.json")))
  end)

  it("may be a list alone, have lists in its records, and be called by its way", function()
    assert.same({ "upn|marks.code", "1|A1|/", "1|A1|N", "2|A2|" },
      (read('\xEF\xBB\xBF[{"upn":"A1","marks":[{"code":"/"},{"code":"N"}]},{"upn":"A2","marks":[]}]', "list.json")))
    local two = '{"a":{"events":[{"x":1}]},"b":{"events":[{"x":2.5},{"x":true},{"x":[1,"2"]}]}}'
    assert.same({ "x", "1|1" }, (read(two, "two.json", { records = "a.events" })))
    assert.same({ "x", "1|2.5", "2|true", "3|1; 2" }, (read(two, "two.json")))
  end)

  it("is refused where it is cut short, or has no records; a NUL character is a fault of its record", function()
    refused("line 3 of cut.json is no longer JSON", wonde:sub(1, 100), "cut.json")
    refused("more follows after its end", '{"a":[{"b":1}]} {', "more.json")
    refused("has no records in it", '{"data":[],"meta":{"a":1}}', "empty.json")
    local keys, values = {}, {}
    for i = 1, 100 do keys[i], values[i] = ('"k%d_id":"1","z%d":1'):format(i, i), ('"v%d":1'):format(i) end
    refused("more than 8192 different fields", ('{"data":[{%s}],"included":[{"id":"1",%s}]}'):format(
      table.concat(keys, ","), table.concat(values, ",")), "fields.json") -- 100 ids, of 100 fields each
    refused("more than 64 deep", '{"a":' .. ("["):rep(100) .. ("]"):rep(100) .. "}", "deep.json")
    assert.same({ "x", "1| !the line has a NUL byte in it", "2|b" },
      (read('{"a":[{"x":"a\\u0000"},{"x":"b"}]}', "nul.json")))
  end)
end)

-- Memory ---------------------------------------------------------------------------------

-- A sanitizer keeps what was freed.
local sanitized = (os.getenv "PRELOAD" or "") ~= ""

-- Bytes of memory: what the process has now ("VmRSS"), or had at most ("VmHWM").
local function memory(which)
  return 1024 * math.tointeger(folder.read "/proc/self/status":match(which .. ":%s*(%d+) kB"))
end

describe("a large file", function()
  local forms = {
    xml = { "<all>", "<Pupil><UPN>%d</UPN><Year><Marks>%s</Marks></Year></Pupil>\n", "</all>" },
    json = { '{"data":[{"UPN":0}', ',{"UPN":%d,"year":{"marks":"%s"}}\n', "]}" },
  }
  for form, parts in pairs(forms) do
    it("of " .. form .. " is read in memory that does not grow with it", function()
      local path, marks = top .. "/large." .. form, ("/N"):rep(1000)
      local file <close> = assert(io.open(path, "wb"))
      file:write(parts[1])
      for i = 1, 8000 do file:write(parts[2]:format(i, marks)) end
      file:write(parts[3])
      file:close()
      collectgarbage()
      assert(io.open("/proc/self/clear_refs", "w")):write("5"):close() -- what it had at most begins anew
      local before, count = memory "VmRSS", 0
      local reader = assert(core.csv(path))
      for row in reader.next, reader do count = count + #row.cells // 2 end
      reader:close()
      assert.is_true(count >= 8000)
      if not sanitized then assert.is_true(memory "VmHWM" - before < 8 << 20) end -- of 16 MB
    end)
  end
end)

-- Registers ----------------------------------------------------------------------------

describe("marks", function()
  before_each(given.open)
  after_each(given.close)

  local function taken(bytes, reading)
    local report = assert(given.import("marks", bytes, { reading = reading }))
    assert.same({ 4, 0 }, { report.added, report.left_out })
    local list = {}
    for i, row in ipairs(given.rows "SELECT upn, date, session, code FROM mark ORDER BY upn, date, session") do
      list[i] = table.concat(row, " ")
    end
    return list
  end

  local wanted = { given.ADA .. " 2025-09-08 AM /", given.ADA .. " 2025-09-08 PM \\", given.ADA .. " 2025-09-09 AM N",
    given.ADA .. " 2025-09-09 PM N" }

  it("come out of a workbook", function()
    assert.same(wanted, taken(book({ { "Attendance of a week" }, [3] = { "UPN", "Date", "AM", "PM" },
      [4] = { given.ADA, { v = "45908", s = 1 }, "/", "\\" }, [5] = { given.ADA, { v = "45909", s = 1 }, "N", "N" } },
      { formats = { 14 } })))
  end)

  it("come out of a CTF", function()
    local xml = ([[<CTfile><CTFpupilData><Pupil><UPN>%s</UPN><Attendance><YearData><LEA>881</LEA><Estab>2345</Estab>
      <AttendSessions><AttendanceStartDate>2025-09-08</AttendanceStartDate><AttendanceMarks>/\NN</AttendanceMarks>
      </AttendSessions></YearData></Attendance></Pupil></CTFpupilData></CTfile>]]):format(given.ADA)
    assert.same(wanted, taken(xml, { records = "AttendSessions", shape = "string", columns = { school = "LEAEstab",
      upn = "UPN", start = "AttendanceStartDate", marks = "AttendanceMarks" } }))
  end)

  it("come out of a page of JSON", function()
    local list, form = {}, '{"date":{"date":"2025-09-%s"},"session":"%s","student_id":"S","code":"%s"}'
    local marks = { { "08", "AM", "/" }, { "08", "PM", "\\\\" }, { "09", "AM", "N" }, { "09", "PM", "N" } }
    for i, mark in ipairs(marks) do
      list[i] = form:format(table.unpack(mark))
    end
    local page = '{"data":[%s],"students":[{"id":"S","upn":"%s"}]}'
    assert.same(wanted, taken(page:format(table.concat(list, ","), given.ADA), {
      columns = { upn = "student.upn", date = "date.date" } }))
  end)
end)

-- Calendars --------------------------------------------------------------------------

describe("an iCalendar file", function()
  local head, days = "summary|first|last|starts|ends|repeats|status", "INSET day|2026-06-02|2026-06-02||||"

  it("has lines that end in any way, and are folded anywhere", function()
    local text = "BEGIN:VCALENDAR\nBEGIN:VEV\n ENT\nSUMMARY:INSET\n\t day\nDTSTART;VALUE=DATE:20260602\nEND:VEVENT\n"
      .. "END:VCALENDAR\n"
    for _, ending in ipairs { "\n", "\r\n", "\r" } do
      assert.same({ head, "1|" .. days }, (read(text:gsub("\n", ending), "terms.ics")))
    end
  end)

  it("is refused with parts too deep in each other, however they are written, or one that has only an end", function()
    for _, begin in ipairs { "BEGIN:A", "BEG\n IN:A", "BEGIN;B=C:A", "Begin :A" } do
      refused("deep.ics has parts more than 8 deep", "BEGIN:VCALENDAR\n" .. (begin .. "\n"):rep(20), "deep.ics")
    end
    refused("the end of a part without its beginning", "BEGIN:VCALENDAR\nEND:VEVENT\nEND:VCALENDAR\nEND:A\n", "end.ics")
  end)
end)
