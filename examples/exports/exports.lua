-- exports.lua: two weeks of Oakfield's registers as twelve systems would export them.
--
--   exports.read(folder, first, last, most) -> school { pupils, days, code(upn, day, half) }   of the files that
--                             examples/oakfield/make.lua wrote; at most so many pupils
--   exports.list              { { name, how, make(school) -> bytes }, … }; `how`: what `waymark import marks` is told
--
-- A string of marks has one character a half day: pupils with a longer code in these weeks are left out of all.

local zip = require "zip"

local exports = { list = {} }

-- Reading -------------------------------------------------------------------------------

local function cells_of(text)
  local cells = {}
  for cell in (text .. ","):gmatch "([^,]*)," do cells[#cells + 1] = cell end
  return cells
end

local function each_row(path, visit)
  local file <close> = assert(io.open(path, "rb"))
  file:read "l"
  for text in file:lines() do visit(cells_of(text)) end
end

function exports.read(folder, first, last, most)
  local codes, days, seen, is_long = {}, {}, {}, {}
  each_row(folder .. "/marks.csv", function(row)
    local upn, day, half, code = table.unpack(row)
    if day < first or day > last then return end
    if not seen[day] then days[#days + 1], seen[day] = day, true end
    codes[upn] = codes[upn] or {}
    codes[upn][day .. half] = code
    if #code > 1 then is_long[upn] = true end
  end)
  table.sort(days)
  local school = { pupils = {}, days = days }
  each_row(folder .. "/pupils.csv", function(row)
    local has_all = codes[row[1]] and not is_long[row[1]] and #school.pupils < most
    for _, day in ipairs(days) do
      has_all = has_all and codes[row[1]][day .. "AM"] and codes[row[1]][day .. "PM"]
    end
    if not has_all then return end
    school.pupils[#school.pupils + 1] = { upn = row[1], surname = row[2], forename = row[3], year = row[5],
      form = row[6], number = row[10] }
  end)
  function school.code(upn, day, half) return codes[upn][day .. half] end
  return school
end

-- Writing ---------------------------------------------------------------------------------

local halves = { "AM", "PM" }

local function british(day) return (day:gsub("(%d+)-(%d+)-(%d+)", "%3/%2/%1")) end

local function csv(rows, separator, line_end)
  local lines = {}
  for i, row in ipairs(rows) do
    local cells = {}
    for c, cell in ipairs(row) do
      cells[c] = cell:find "[\",;\n]" and '"' .. cell:gsub('"', '""') .. '"' or cell
    end
    lines[i] = table.concat(cells, separator or ",")
  end
  return table.concat(lines, line_end or "\r\n") .. (line_end or "\r\n")
end

-- A row a mark, in the order of days and pupils; `row(pupil, day, half, code)` gives its cells.
local function long(school, heading, row)
  local rows = { heading }
  for _, day in ipairs(school.days) do
    for _, pupil in ipairs(school.pupils) do
      for _, half in ipairs(halves) do
        rows[#rows + 1] = row(pupil, day, half, school.code(pupil.upn, day, half))
      end
    end
  end
  return rows
end

-- A row a pupil: what `begin(pupil)` gives, then a cell a half day.
local function grid(school, rows, begin)
  for _, pupil in ipairs(school.pupils) do
    local row = begin(pupil)
    for _, day in ipairs(school.days) do
      for _, half in ipairs(halves) do row[#row + 1] = school.code(pupil.upn, day, half) end
    end
    rows[#rows + 1] = row
  end
  return rows
end

local function name_of(pupil) return pupil.surname .. ", " .. pupil.forename end

-- UTF-8 as Windows-1252; a letter that it has not is a question mark.
local function windows(text)
  local bytes = {}
  for _, code in utf8.codes(text) do bytes[#bytes + 1] = code < 256 and string.char(code) or "?" end
  return table.concat(bytes)
end

local function xml(text) return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" })) end

-- Monday of the first day to the last day, two characters a weekday.
local function string_of(school, pupil)
  local marks = {}
  for _, day in ipairs(school.days) do
    for _, half in ipairs(halves) do marks[#marks + 1] = school.code(pupil.upn, day, half) end
  end
  return table.concat(marks)
end

local function add(name, how, make) exports.list[#exports.list + 1] = { name = name, how = how, make = make } end

-- The twelve ---------------------------------------------------------------------------------

add("long.csv", "", function(school)
  return csv(long(school, { "Unique Pupil Number", "Name", "Date", "Session", "Mark" }, function(pupil, day, half, code)
    return { pupil.upn, name_of(pupil), british(day), half, code }
  end))
end)

add("daily.csv", "", function(school)
  local rows = { { "UPN", "Name", "Attendance Date", "AM Mark", "PM Mark" } }
  for _, day in ipairs(school.days) do
    for _, pupil in ipairs(school.pupils) do
      rows[#rows + 1] = { pupil.upn, name_of(pupil), day, school.code(pupil.upn, day, "AM"),
        school.code(pupil.upn, day, "PM") }
    end
  end
  return csv(rows, "\t", "\n")
end)

add("grid.csv", "", function(school)
  local heading = { "Pupil UPN", "Name", "Class" }
  for _, day in ipairs(school.days) do
    for _, half in ipairs(halves) do heading[#heading + 1] = british(day) .. " " .. half end
  end
  return "sep=;\r\n" .. csv(grid(school, { heading }, function(pupil)
    return { pupil.upn, name_of(pupil), pupil.form }
  end), ";")
end)

add("grid-two-rows.csv", "", function(school)
  local above, below = { "UPN", "Name" }, { "", "" }
  for _, day in ipairs(school.days) do
    for i, half in ipairs(halves) do above[#above + 1], below[#below + 1] = i == 1 and british(day) or "", half end
  end
  return "\xEF\xBB\xBF" .. csv(grid(school, { above, below }, function(pupil) return { pupil.upn, name_of(pupil) } end))
end)

add("string.csv", "--dates day-first", function(school)
  local rows = { { "UPN", "Surname", "Start date", "Attendance Marks" } }
  for _, pupil in ipairs(school.pupils) do
    rows[#rows + 1] = { pupil.upn, pupil.surname, british(school.days[1]), string_of(school, pupil) }
  end
  return csv(rows)
end)

add("ctf.xml", "--profile ctf", function(school)
  local parts = { '<?xml version="1.0" encoding="utf-8"?>\n<CTfile><Header>'
    .. "<DocumentName>Common Transfer File</DocumentName><CTFversion>25.0</CTFversion><SourceSchool>"
    .. "<LEA>881</LEA><Estab>2345</Estab><SchoolName>Oakfield Primary School"
    .. "</SchoolName><AcademicYear>2025</AcademicYear></SourceSchool></Header><CTFpupilData>\n" }
  for _, pupil in ipairs(school.pupils) do
    parts[#parts + 1] = ("<Pupil><UPN>%s</UPN><Surname>%s</Surname><Forename>%s</Forename><Attendance><YearData>"
      .. "<Year>2025</Year><LEA>881</LEA><Estab>2345</Estab><SchoolName>Oakfield Primary School</SchoolName>"
      .. "<AttendSessions><AttendanceStartDate>%s</AttendanceStartDate><AttendanceMarks>%s</AttendanceMarks>"
      .. "</AttendSessions></YearData></Attendance></Pupil>\n"):format(pupil.upn, xml(pupil.surname),
      xml(pupil.forename), school.days[1], xml(string_of(school, pupil)))
  end
  return table.concat(parts) .. "</CTFpupilData></CTfile>\n"
end)

local function json(text) return '"' .. text:gsub('[\\"]', "\\%0") .. '"' end

add("wonde.json", "--profile wonde", function(school)
  local ids, codes, items = {}, {}, {}
  for _, row in ipairs(long(school, {}, function(...) return { ... } end)) do
    local pupil, day, half, code = table.unpack(row)
    if code and not ids[code] then
      ids[code] = ("A%d"):format(1000 + #codes)
      codes[#codes + 1] = ('{"id":"%s","code":%s}'):format(ids[code], json(code))
    end
    items[#items + 1] = code and ('{"id":"B%d","date":{"date":"%s 00:00:00.000000","timezone_type":3,"timezone":'
      .. '"Europe/London"},"session":"%s","student":{"data":{"upn":"%s"}},"attendance_code_id":"%s","comment":null,'
      .. '"minutes_late":null}'):format(#items, day, half, pupil.upn, ids[code]) or nil
  end
  return ('{"data":[%s],"attendance_codes":[%s],"meta":{"pagination":{"more":false}}}'):format(
    table.concat(items, ",\n"), table.concat(codes, ","))
end)

add("sims.csv", "--profile sims", function(school)
  local heading = { "Adno", "Legal Surname", "Forename", "UPN", "Reg", "Attendance Date", "Session Name",
    "Attendance Mark" }
  return windows(csv(long(school, heading, function(pupil, day, half, code)
    return { pupil.number, pupil.surname, pupil.forename, pupil.upn, pupil.form, british(day), half,
      (code == "I" or code == "X") and code .. "01" or code }
  end)))
end)

add("arbor.csv", "--profile arbor", function(school)
  return "Oakfield Primary School\r\nAttendance marks, downloaded by Sam Reed\r\n\r\n" .. csv(long(school,
    { "Student", "Unique Pupil Number (UPN)", "Date", "Roll Call", "Attendance Mark", "Minutes Late" },
    function(pupil, day, half, code)
      return { name_of(pupil), pupil.upn, british(day), half, code, "" }
    end))
end)

add("bromcom.csv", "--profile bromcom", function(school)
  return "Attendance - weekly\r\nSchool: Oakfield Primary School\r\n" .. csv(long(school,
    { "First Name", "Last Name", "Tutor Group", "UPN", "Session Date", "AM/PM", "Attendance Code" },
    function(pupil, day, half, code)
      return { pupil.forename, pupil.surname, pupil.form, pupil.upn, british(day), half, code }
    end))
end)

add("scholarpack.csv", "--profile scholarpack", function(school)
  local above, below, total = { "UPN", "Pupil", "Class" }, { "", "", "" }, { "Total", "", "" }
  for _, day in ipairs(school.days) do
    for i, half in ipairs(halves) do
      above[#above + 1], below[#below + 1] = i == 1 and british(day) or "", half
      local present = 0
      for _, pupil in ipairs(school.pupils) do
        if school.code(pupil.upn, day, half):find "^[/\\LVPB]" then present = present + 1 end
      end
      total[#total + 1] = tostring(present)
    end
  end
  local rows = grid(school, { above, below }, function(pupil) return { pupil.upn, name_of(pupil), pupil.form } end)
  rows[#rows + 1] = total
  return csv(rows) .. "Printed 13/03/2026 15:40\r\nPage 1 of 1\r\n"
end)

-- The number that a spreadsheet has for a day.
local function serial(day)
  local year, month, date = day:match "(%d+)-(%d+)-(%d+)"
  local noon = os.time { year = year, month = month, day = date, hour = 12 }
  return math.floor((noon - os.time { year = 1970, month = 1, day = 1, hour = 12 }) / 86400 + 0.5) + 25569
end

local function text_cell(text) return ('<c t="inlineStr"><is><t>%s</t></is></c>'):format(xml(text)) end

add("marks.xlsx", "", function(school)
  local rows = {}
  for i, row in ipairs(long(school, { "UPN", "Name", "Date", "Session", "Mark" }, function(pupil, day, half, code)
    return { pupil.upn, name_of(pupil), day, half, code }
  end)) do
    local cells = {}
    for c, cell in ipairs(row) do
      cells[c] = i > 1 and c == 3 and ('<c s="1"><v>%d</v></c>'):format(serial(cell)) or text_cell(cell)
    end
    rows[i] = ('<row r="%d">%s</row>'):format(i, table.concat(cells))
  end
  local main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  local office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
  local package = "http://schemas.openxmlformats.org/package/2006/"
  local sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml."
  local head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
  return zip {
    { "[Content_Types].xml", head .. ('<Types xmlns="%scontent-types"><Default Extension="rels" ContentType='
      .. '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml"'
      .. ' ContentType="%ssheet.main+xml"/>'
      .. '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="%sworksheet+xml"/>'
      .. '<Override PartName="/xl/styles.xml" ContentType="%sstyles+xml"/></Types>'):format(package, sheet, sheet,
        sheet) },
    { "_rels/.rels", head .. ('<Relationships xmlns="%srelationships"><Relationship Id="rId1" Type="%s/officeDocument"'
      .. ' Target="xl/workbook.xml"/></Relationships>'):format(package, office) },
    { "xl/workbook.xml", head .. ('<workbook xmlns="%s" xmlns:r="%s"><sheets><sheet name="Marks" sheetId="1"'
      .. ' r:id="rId1"/></sheets></workbook>'):format(main, office) },
    { "xl/_rels/workbook.xml.rels", head .. ('<Relationships xmlns="%srelationships"><Relationship Id="rId1" Type="%s'
      .. '/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="%s/styles" Target="styles.xml"/>'
      .. "</Relationships>"):format(package, office, office) },
    { "xl/styles.xml", head .. ('<styleSheet xmlns="%s"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" '
      .. 'applyNumberFormat="1"/></cellXfs></styleSheet>'):format(main) },
    { "xl/worksheets/sheet1.xml", head .. ('<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>'):format(main,
      table.concat(rows)) },
  }
end)

return exports
