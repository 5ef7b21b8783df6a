-- random_school.lua: made-up schools with everything in them that a rule can trip over.
--
-- Not like real schools (examples/oakfield is): every code comes up, thresholds are met
-- and lost again, pupils pass the edges of compulsory school age, marks are missing,
-- doubled and in any order. All of it is well formed, and an import leaves none of it out.
-- The same options give the same bytes.
--
-- Writes schools.csv, calendar.csv, pupils.csv and marks.csv.

local chance = require "tests.support.chance"
local days = require "tests.support.days"
local random_calendar = require "tests.support.random_calendar"
local upn = require "tests.support.upn"

local random_school = {}

local DEFAULTS = { seed = 1, schools = 1, pupils = 40, years = { "2024-25", "2025-26" } }
local ORDERS = { "date", "pupil", "random" }

local PRESENT = { AM = "/", PM = "\\" }
local UNAUTHORISED = { "G", "N", "O", "U" }
local AUTHORISED = { "C", "C1", "C2", "E", "I", "I", "I", "J1", "M", "R", "S", "T", "H" }
local EDUCATIONAL = { "L", "L", "K", "V", "P", "W", "B", "J" }
local NOT_POSSIBLE = { "D", "X", "Q", "Y", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Z" }

-- Codes that came or went in August 2024; in that month itself, neither kind is written.
local RETIRED = { H = true, J = true, Y = true }
local NEW = { C1 = true, C2 = true, J1 = true, K = true, Q = true, Y1 = true, Y2 = true, Y3 = true,
  Y4 = true, Y5 = true, Y6 = true, Y7 = true }

-- Unauthorised marks in a hundred, for some weeks at a time.
local SPELLS = { 0, 0, 0, 0, 2, 5, 8, 10, 12, 20, 90 }

local SURNAMES = { "Adams", "O'Shea", "Núñez", "Smith-Jones", "Żak", "Patel", "Khan", "Ng" }
local FORENAMES = { "Ada", "Ben", "Cal", "Dee", "Eve", "Fay", "Gus", "Zoë" }

-- Birthdays (month and day) on and beside the days from which age counts.
local EDGES = { "12-31", "01-01", "03-31", "04-01", "08-31", "09-01", "02-28", "06-27" }

-- Pupils ----------------------------------------------------------------------------

local function date_of_birth(year, month_day)
  return string.format("%04d-%s", year, month_day)
end

local function between(first, last, dice)
  return days.iso(dice:whole(days.number(first), days.number(last)))
end

-- Each kind of birthday, seen from the calendar year in which the first year begins.
local BIRTHDAYS = {
  function(year, dice) return date_of_birth(year + dice:whole(0, 2) - 5, dice:one_of(EDGES)) end,
  function(year, dice) return date_of_birth(year + dice:whole(0, 2) - 16, dice:one_of(EDGES)) end,
  function(year, dice) return between(year - 5 .. "-09-01", year - 3 .. "-08-31", dice) end,
  function(year, dice) return between(year - 16 .. "-09-01", year - 14 .. "-08-31", dice) end,
  function(year, dice) return between(year - 14 .. "-09-01", year - 6 .. "-08-31", dice) end,
  function(year, dice) return between(year - 14 .. "-09-01", year - 6 .. "-08-31", dice) end,
  function() return "" end,
}

-- The year group in the last year: R, 1, 2, ... by the school year of birth.
local function year_group(dob, last_year)
  if dob == "" then return "4" end
  local year, month = days.parts(dob)
  local age = last_year - (month >= 9 and year or year - 1) - 5
  return age <= 0 and "R" or tostring(age)
end

-- The dates on which a pupil came and went, for one in four; often the register runs on
-- before and after them, as registers do.
local function add_movements(pupil, span, dice)
  if dice:in_hundred(12) then pupil.joined = between(span.first, span.last, dice) end
  if dice:in_hundred(12) then pupil.left = between(span.first, span.last, dice) end
  if pupil.left ~= "" and pupil.left < pupil.joined then
    pupil.joined, pupil.left = pupil.left, pupil.joined
  end
  pupil.keeps_to_dates = dice:in_hundred(66)
end

local function new_pupil(number, school, span, dice)
  local dob = BIRTHDAYS[(number - 1) % #BIRTHDAYS + 1](span.first_year, dice)
  local digits = string.format("881%04d%02d%03d", school.number, span.first_year % 100, number)
  local year = year_group(dob, span.last_year)
  local pupil = {
    school = school.name, upn = upn.letter(digits) .. digits, dob = dob, year = year,
    form = year .. dice:one_of { "A", "B" }, surname = dice:one_of(SURNAMES),
    forename = dice:one_of(FORENAMES), sex = dice:one_of { "F", "M" },
    sen = dice:one_of { "N", "N", "K", "E" }, fsm = dice:one_of { "0", "1" },
    joined = "", left = "",
  }
  add_movements(pupil, span, dice)
  return pupil
end

-- A pupil of the first school who goes on to the second in the middle of the first year.
local function move_on(pupil, school, span)
  local moved = {}
  for key, value in pairs(pupil) do moved[key] = value end
  pupil.joined, pupil.left, pupil.keeps_to_dates = "", span.first_year .. "-11-28", true
  moved.school, moved.joined, moved.left = school.name, span.first_year .. "-12-01", ""
  moved.keeps_to_dates = true
  return moved
end

local function make_pupils(schools, options, span, dice)
  for _, school in ipairs(schools) do
    for number = 1, options.pupils do
      school.pupils[number] = new_pupil(number, school, span, dice)
    end
  end
  if #schools > 1 then
    table.insert(schools[2].pupils, move_on(schools[1].pupils[math.min(5, options.pupils)], schools[2], span))
  end
end

-- Marks -----------------------------------------------------------------------------

local function in_force(code, date)
  if RETIRED[code] then return date < "2024-08-01" end
  if NEW[code] then return date >= "2024-08-19" end
  return true
end

local function one_in_force(list, date, dice)
  local code
  repeat code = dice:one_of(list) until in_force(code, date)
  return code
end

-- Nothing (no row), a blank of either kind, or a code.
local function any_code(date, half, spell, dice)
  local draw = dice:whole(1, 1000)
  if dice:in_hundred(spell) then return dice:one_of(UNAUTHORISED) end
  if draw <= 30 then return one_in_force(AUTHORISED, date, dice) end
  if draw <= 100 then return one_in_force(EDUCATIONAL, date, dice) end
  if draw <= 130 then return one_in_force(NOT_POSSIBLE, date, dice) end
  if draw <= 150 then return dice:one_of { "-", "" } end
  if draw <= 155 then return nil end
  if draw <= 160 then return PRESENT[half == "AM" and "PM" or "AM"] end
  return PRESENT[half]
end

local function add_mark(marks, pupil, row, half, code)
  marks[#marks + 1] = { school = pupil.school, upn = pupil.upn, date = row.date, session = half,
    code = code, place = #marks + 1 }
end

-- One session in two hundred is marked twice; neither mark is a blank.
local function add_doubled(marks, pupil, row, half, code, dice)
  if code ~= "-" and code ~= "" and dice:in_hundred(0.5) then
    add_mark(marks, pupil, row, half, dice:one_of { "N", "O", "I", PRESENT[half] })
  end
  add_mark(marks, pupil, row, half, code)
end

local function is_on_roll(pupil, date)
  if not pupil.keeps_to_dates then return true end
  return date >= pupil.joined and (pupil.left == "" or date <= pupil.left)
end

local function mark_open_session(marks, pupil, row, half, spell, dice)
  local code = any_code(row.date, half, spell, dice)
  if row.snow and in_force("Y4", row.date) then code = "Y4" end
  if code then add_doubled(marks, pupil, row, half, code, dice) end
end

local function mark_session(marks, pupil, row, half, spell, dice)
  local open = half == "AM" and row.am or half == "PM" and row.pm
  if not is_on_roll(pupil, row.date) then
    if open and dice:in_hundred(3) then add_mark(marks, pupil, row, half, "Z") end
  elseif open then
    mark_open_session(marks, pupil, row, half, spell, dice)
  elseif row.says_closed then
    add_mark(marks, pupil, row, half, "#")
  end
end

local function mark_pupil(marks, pupil, calendar, dice)
  local spell = dice:one_of(SPELLS)
  for _, row in ipairs(calendar) do
    if dice:in_hundred(2.5) then spell = dice:one_of(SPELLS) end
    mark_session(marks, pupil, row, "AM", spell, dice)
    mark_session(marks, pupil, row, "PM", spell, dice)
  end
end

-- Two snow days a year, and closed days whose registers say `#`.
local function note_days(calendar, dice)
  for _, row in ipairs(calendar) do
    row.snow = dice:in_hundred(0.8)
    row.says_closed = dice:in_hundred(15)
  end
end

local function by_date(a, b)
  if a.date ~= b.date then return a.date < b.date end
  return a.place < b.place
end

-- In the order of pupils as made; by date; or in none. Of two marks for a session the
-- later in the file counts, whichever that is.
local function put_in_order(marks, order, dice)
  if order == "date" then table.sort(marks, by_date) end
  if order == "random" then dice:shuffle(marks) end
end

-- Files -----------------------------------------------------------------------------

local function write_csv(path, headings, records)
  local file = assert(io.open(path, "wb"))
  file:write(table.concat(headings, ","), "\n")
  for _, record in ipairs(records) do
    local cells = {}
    for i, heading in ipairs(headings) do cells[i] = tostring(record[heading]) end
    file:write(table.concat(cells, ","), "\n")
  end
  file:close()
end

local function calendar_records(schools)
  local records = {}
  for _, school in ipairs(schools) do
    for _, row in ipairs(school.calendar) do
      records[#records + 1] = { school = school.name, date = row.date, am = row.am and 1 or 0,
        pm = row.pm and 1 or 0 }
    end
  end
  return records
end

local function school_records(schools)
  local records = {}
  for i, school in ipairs(schools) do
    records[i] = { school = school.name, name = "School " .. i, phase = "all-through", la = "Essex" }
  end
  return records
end

local function all_pupils(schools)
  local pupils = {}
  for _, school in ipairs(schools) do
    table.move(school.pupils, 1, #school.pupils, #pupils + 1, pupils)
  end
  return pupils
end

local function with_school(wanted, ...)
  return wanted and { "school", ... } or { ... }
end

local function write_files(dir, schools, marks, wanted)
  write_csv(dir .. "/schools.csv", { "school", "name", "phase", "la" }, school_records(schools))
  write_csv(dir .. "/calendar.csv", with_school(wanted, "date", "am", "pm"), calendar_records(schools))
  write_csv(dir .. "/pupils.csv", with_school(wanted, "upn", "surname", "forename", "dob", "year",
    "form", "sex", "sen", "fsm", "joined", "left"), all_pupils(schools))
  write_csv(dir .. "/marks.csv", with_school(wanted, "upn", "date", "session", "code"), marks)
end

-- Making ----------------------------------------------------------------------------

local function filled(options)
  local all = {}
  for key, value in pairs(DEFAULTS) do all[key] = value end
  for key, value in pairs(options or {}) do all[key] = value end
  return all
end

local function span_of(years)
  local first_year = math.tointeger(years[1]:sub(1, 4))
  local last_year = math.tointeger(years[#years]:sub(1, 4))
  return { first_year = first_year, last_year = last_year, first = first_year .. "-08-01",
    last = last_year + 1 .. "-07-31" }
end

local function make_schools(options, dice)
  local schools = {}
  for i = 1, options.schools do
    schools[i] = { name = "881" .. 4000 + i, number = 4000 + i, pupils = {},
      calendar = random_calendar.make(options.years, dice:fork(), options.saturdays) }
    note_days(schools[i].calendar, dice:fork())
  end
  return schools
end

local function make_marks(schools, dice)
  local marks = {}
  for _, school in ipairs(schools) do
    for _, pupil in ipairs(school.pupils) do mark_pupil(marks, pupil, school.calendar, dice:fork()) end
  end
  return marks
end

-- Days worth asking about: the edges of the years, and some in between.
local function days_to_ask(span, dice)
  local list = { span.first, span.last, span.last_year .. "-07-31", span.last_year .. "-08-01",
    span.last_year .. "-09-19" }
  for _ = 1, 4 do list[#list + 1] = between(span.first, span.last, dice) end
  return list
end

-- Writes the files into `dir`, which must exist. Options:
--   seed (1), schools (1), pupils in each (40), years ({ "2024-25", "2025-26" }),
--   order of the marks ("date", "pupil" or "random"; by the seed if not given),
--   saturdays (false), school_column (true; false only with one school).
-- Returns { dir, schools = { names }, pupils, marks (both counted), order, first, last,
-- as_of = { days worth asking about } }.
function random_school.write(dir, options)
  options = filled(options)
  local dice, span = chance.new(options.seed), span_of(options.years)
  local schools = make_schools(options, dice:fork())
  make_pupils(schools, options, span, dice:fork())
  local marks, order = make_marks(schools, dice:fork()), options.order or dice:one_of(ORDERS)
  put_in_order(marks, order, dice:fork())
  write_files(dir, schools, marks, options.school_column ~= false or options.schools > 1)
  local names = {}
  for i, school in ipairs(schools) do names[i] = school.name end
  return { dir = dir, schools = names, pupils = #all_pupils(schools), marks = #marks, order = order,
    first = span.first, last = span.last, as_of = days_to_ask(span, dice:fork()) }
end

return random_school
