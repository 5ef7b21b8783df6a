-- reference.lua: `waymark figures`, worked out slowly and plainly from the CSV files.
--
-- An independent check on the core: it shares no code with it, reads the files by itself,
-- and counts every window again from its first session, as a person with a pencil would.
-- Where the two differ, one of them is wrong; this one is easier to read.
--
-- It reads well-formed files only (no quoting, right dates) and reports no errors. It
-- knows the rules `national` and `essex` and nothing else.

local days = require "tests.support.days"

local reference = {}

reference.headings = { "upn", "possible", "attended", "authorised", "unauthorised", "attendance",
  "persistent", "severe", "national_met_on", "national_session", "national_max", "essex_met_on",
  "essex_session", "essex_max" }

-- H, J and Y were in force until August 2024. J (interview) was an approved educational
-- activity then; J1, which came after it, is an absence.
local CLASS = {
  ["/"] = "attended", ["\\"] = "attended", L = "attended",
  K = "attended", V = "attended", P = "attended", W = "attended", B = "attended", J = "attended",
  C = "authorised", C1 = "authorised", C2 = "authorised", E = "authorised", I = "authorised",
  J1 = "authorised", M = "authorised", R = "authorised", S = "authorised", T = "authorised",
  H = "authorised",
  G = "unauthorised", N = "unauthorised", O = "unauthorised", U = "unauthorised",
}

-- "attended", "authorised" or "unauthorised" of a code; nil of one that is not possible.
function reference.class_of(code) return CLASS[code] end

local RULES = {
  { name = "national", codes = { G = true, N = true, O = true, U = true } },
  { name = "essex", codes = { G = true, O = true, U = true } },
}
local AT_LEAST = 10
local SCHOOL_WEEKS = 10
local SINCE = "2024-08-19"

-- Reading ---------------------------------------------------------------------------

local CELL = "([^,\r]*)\r?,"

local function split(line)
  local cells = {}
  for cell in (line .. ","):gmatch(CELL) do cells[#cells + 1] = cell end
  return cells
end

-- Calls `work` with each record of a file, by lower-case heading; false if there is none.
local function each_record(path, work)
  local file = io.open(path, "rb")
  if not file then return false end
  local headings = split(file:read("l"):lower())
  for line in file:lines() do
    local record, i = {}, 0
    for cell in (line .. ","):gmatch(CELL) do
      i = i + 1
      record[headings[i]] = cell
    end
    work(record)
  end
  file:close()
  return true
end

-- A list of all of them; nil if there is no such file.
local function read_csv(path)
  local records = {}
  return each_record(path, function(record) records[#records + 1] = record end) and records or nil
end

-- Every record says its school; with a single school the column may be missing.
local function name_schools(records, only)
  for _, record in ipairs(records) do record.school = record.school or only end
end

-- The calendar ----------------------------------------------------------------------

local function by_date_and_half(a, b)
  if a.date ~= b.date then return a.date < b.date end
  return a.half < b.half
end

-- Gives each session its school week: 1 for the first Monday-to-Sunday week that has a
-- session, 2 for the next that has one. first_of[w] is the place of week w's first session.
local function number_weeks(sessions)
  local week, monday, first_of = 0, nil, {}
  for place, session in ipairs(sessions) do
    local its_monday = days.monday(days.number(session.date))
    if its_monday ~= monday then
      week, monday = week + 1, its_monday
      first_of[week] = place
    end
    session.week = week
  end
  return first_of
end

-- The open sessions of a school, in order, and the first session of each school week.
local function open_sessions(calendar, school)
  local sessions = {}
  for _, row in ipairs(calendar) do
    if row.school == school then
      if row.am == "1" then sessions[#sessions + 1] = { date = row.date, half = "AM" } end
      if row.pm == "1" then sessions[#sessions + 1] = { date = row.date, half = "PM" } end
    end
  end
  table.sort(sessions, by_date_and_half)
  return sessions, number_weeks(sessions)
end

-- Compulsory school age -------------------------------------------------------------

-- The 31 December, 31 March or 31 August on or after the fifth birthday.
local function compulsory_from(dob)
  local year, month, day = days.parts(dob)
  local birthday = string.format("%04d-%02d-%02d", year + 5, month, day)
  for _, edge in ipairs { year + 5 .. "-03-31", year + 5 .. "-08-31", year + 5 .. "-12-31" } do
    if birthday <= edge then return edge end
  end
end

-- The last Friday in June of the school year (1 September to 31 August) of the sixteenth
-- birthday.
local function compulsory_to(dob)
  local year, month = days.parts(dob)
  local june = month >= 9 and year + 17 or year + 16
  local day = days.number(june .. "-06-30")
  while days.weekday(day) ~= 5 do day = day - 1 end
  return days.iso(day)
end

-- The first and the last day of compulsory school age; any day at all without a date of
-- birth.
local function compulsory_days(dob)
  if dob == nil or dob == "" then return "0000-00-00", "9999-99-99" end
  return compulsory_from(dob), compulsory_to(dob)
end

-- Counting --------------------------------------------------------------------------

local function start_of_academic_year(date)
  local year, month = days.parts(date)
  return (month >= 8 and year or year - 1) .. "-08-01"
end

local function count_classes(register, sessions, as_of)
  local from = start_of_academic_year(as_of)
  local counts = { attended = 0, authorised = 0, unauthorised = 0 }
  for place, session in ipairs(sessions) do
    local class = CLASS[register[place]]
    if class and session.date >= from and session.date <= as_of then
      counts[class] = counts[class] + 1
    end
  end
  return counts
end

-- "93.75", half up, by whole numbers only; "" of nothing.
local function percent(part, whole)
  if whole == 0 then return "" end
  local hundredths = (2 * part * 10000 + whole) // (2 * whole)
  return string.format("%d.%02d", hundredths // 100, hundredths % 100)
end

-- For each session whether it holds a mark that the rule counts.
local function counted_sessions(pupil, register, sessions, codes)
  local counted, from, to = {}, compulsory_days(pupil.dob)
  for place, session in ipairs(sessions) do
    local date = session.date
    counted[place] = codes[register[place]] and date >= SINCE and date >= from and date <= to or false
  end
  return counted
end

-- How many are counted up to each session.
local function counted_up_to(counted)
  local up_to = { [0] = 0 }
  for place, counts in ipairs(counted) do up_to[place] = up_to[place - 1] + (counts and 1 or 0) end
  return up_to
end

-- The first session at which the rule was met (nil if never), and the largest count.
local function measure(counted, sessions, first_of, as_of)
  local met, largest = nil, 0
  local up_to = counted_up_to(counted)
  for place, session in ipairs(sessions) do
    if session.date <= as_of then
      local first = first_of[math.max(1, session.week - (SCHOOL_WEEKS - 1))]
      local count = up_to[place] - up_to[first - 1]
      if count >= AT_LEAST and not met then met = session end
      if count > largest then largest = count end
    end
  end
  return met, largest
end

-- Rows ------------------------------------------------------------------------------

local function add_rules(row, pupil, register, school, as_of)
  for _, rule in ipairs(RULES) do
    local counted = counted_sessions(pupil, register, school.sessions, rule.codes)
    local met, largest = measure(counted, school.sessions, school.first_of, as_of)
    row[rule.name .. "_met_on"] = met and met.date or ""
    row[rule.name .. "_session"] = met and met.half or ""
    row[rule.name .. "_max"] = tostring(largest)
  end
end

local function row_of(pupil, register, school, as_of)
  local counts = count_classes(register, school.sessions, as_of)
  local absent = counts.authorised + counts.unauthorised
  local possible = counts.attended + absent
  local row = {
    school = pupil.school, upn = pupil.upn, possible = tostring(possible),
    attended = tostring(counts.attended), authorised = tostring(counts.authorised),
    unauthorised = tostring(counts.unauthorised), attendance = percent(counts.attended, possible),
    persistent = possible > 0 and absent * 10 >= possible and "1" or "0",
    severe = possible > 0 and absent * 2 >= possible and "1" or "0",
  }
  add_rules(row, pupil, register, school, as_of)
  return row
end

local function key_of(pupil) return pupil.school .. " " .. pupil.upn end

-- Marks by pupil at a school, then by date and half of the day; a later mark replaces an
-- earlier one, and a blank replaces nothing.
local function read_marks(path, only)
  local marks = {}
  each_record(path, function(record)
    if record.code ~= "" and record.code ~= "-" then
      record.school = record.school or only
      local key = key_of(record)
      marks[key] = marks[key] or {}
      marks[key][record.date .. " " .. record.session] = record.code
    end
  end)
  return marks
end

local function is_on_roll(pupil, date)
  local left = pupil.left or ""
  return date >= (pupil.joined or "") and (left == "" or date <= left)
end

-- One place for each open session; false where there is no mark, or the pupil was not on roll.
local function register_of(pupil, marks, sessions)
  local own, register = marks[key_of(pupil)] or {}, {}
  for place, session in ipairs(sessions) do
    register[place] = is_on_roll(pupil, session.date) and own[session.date .. " " .. session.half] or false
  end
  return register
end

local function read_schools(dir, calendar)
  local names, schools = {}, {}
  for _, record in ipairs(read_csv(dir .. "/schools.csv") or { { school = "" } }) do
    names[#names + 1] = record.school
  end
  name_schools(calendar, names[1])
  for _, name in ipairs(names) do
    local sessions, first_of = open_sessions(calendar, name)
    schools[name] = { sessions = sessions, first_of = first_of }
  end
  return names, schools
end

-- Everything in a folder of CSV files: { schools = how many, pupils = { { pupil, school,
-- register }, … } }, a pupil at a school once, in the order of pupils.csv.
function reference.read(dir)
  local names, schools = read_schools(dir, read_csv(dir .. "/calendar.csv"))
  local pupils, marks = read_csv(dir .. "/pupils.csv"), read_marks(dir .. "/marks.csv", names[1])
  name_schools(pupils, names[1])
  local list, seen = {}, {}
  for _, pupil in ipairs(pupils) do
    local key, school = key_of(pupil), schools[pupil.school]
    if not seen[key] then
      seen[key] = true
      list[#list + 1] = { pupil = pupil, school = school, register = register_of(pupil, marks, school.sessions) }
    end
  end
  return { schools = #names, pupils = list }
end

-- The rows of `figures` as of a date, and their headings: a list of records of text, one
-- for each pupil at a school who has a row. `files` is what reference.read gave.
function reference.figures(files, as_of)
  local rows = {}
  for _, each in ipairs(files.pupils) do
    rows[#rows + 1] = row_of(each.pupil, each.register, each.school, as_of)
  end
  local headings = table.move(reference.headings, 1, #reference.headings, 1, {})
  if files.schools > 1 then table.insert(headings, 1, "school") end
  return rows, headings
end

-- The same as CSV text, as `waymark figures --format csv` prints it.
function reference.csv(files, as_of)
  local rows, headings = reference.figures(files, as_of)
  local lines = { table.concat(headings, ",") }
  for _, row in ipairs(rows) do
    local cells = {}
    for i, heading in ipairs(headings) do cells[i] = row[heading] end
    lines[#lines + 1] = table.concat(cells, ",")
  end
  return table.concat(lines, "\n") .. "\n"
end

return reference
