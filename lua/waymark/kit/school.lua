-- kit/school: a school as a spec says it, checked and turned into settings and rows of
-- files for `waymark import`.

local core = require "waymark.core"
local kit_marks = require "waymark.kit.marks"
local problem = require "waymark.base.problem"
local settings = require "waymark.workspace.settings"
local check = core.sdk "check"

local schools = {}

local function fault(format, ...) error(format:format(...), 0) end

-- Settings -----------------------------------------------------------------------

schools.years = [[
year "2024-25" {
  term { "2024-09-02", "2024-12-20", half_term = { "2024-10-28", "2024-11-01" } },
  term { "2025-01-06", "2025-04-04", half_term = { "2025-02-17", "2025-02-21" } },
  term { "2025-04-22", "2025-07-22", half_term = { "2025-05-26", "2025-05-30" } },
  inset { "2024-09-02" }, closed { "2025-05-05" },
}
year "2025-26" {
  term { "2025-09-01", "2025-12-19", half_term = { "2025-10-27", "2025-10-31" } },
  term { "2026-01-05", "2026-03-27", half_term = { "2026-02-16", "2026-02-20" } },
  term { "2026-04-13", "2026-07-20", half_term = { "2026-05-25", "2026-05-29" } },
  inset { "2025-09-01" }, closed { "2026-05-04" },
}
]]

local staff = 'staff { attendance_officer = "Sam Reed <sam@school.example>", head = "Jo Marsh <jo@school.example>" }\n'
  .. 'by "Sam Reed"\n'

local known = { use = "text", settings = "text", years = "text", staff = "text", plugins = "text", day = "text" }

local function settings_text(what)
  if what.settings then return what.settings end
  return ('school { name = "The school of the spec", laestab = "881/9999", phase = "primary" }\n%s\n%s%s\n'):format(
    what.years or schools.years, what.staff or staff, what.use or 'use "england" use "essex"')
end

local function check_school(what)
  if type(what) ~= "table" then fault "school takes a table: kit.school { kit.pupil \"Ada\" { … } }" end
  for name, value in pairs(what) do
    if type(name) == "string" and not known[name] then
      fault('school has no field "%s"%s', name, check.did_you_mean(name, check.names(known)))
    end
    if type(name) == "string" and type(value) ~= "string" then fault('school: "%s" should be a text', name) end
    if type(name) == "number" and not (type(value) == "table" and value.is_pupil) then
      fault("school: item %d should be a pupil: kit.pupil \"Ada\" { … }", name)
    end
  end
end

-- The school's days: { ["2025-09-08"] = { AM = true, PM = true } }
local function open_days(text)
  local read = problem.check(settings.evaluate(text, "settings"))
  local years, open = read.years, {}
  for _, school in ipairs(read.schools) do table.move(school.years, 1, #school.years, #years + 1, years) end
  for _, day in ipairs(settings.days(years)) do open[day[1]] = { AM = day[2], PM = day[3] } end
  return open
end

-- Pupils ---------------------------------------------------------------------------

local pupil_fields = { "dob", "year", "form", "sex", "sen", "fsm" }
local usual = { dob = "2015-05-05", year = "5", form = "5A" }
local contact_fields = { "title", "forename", "surname", "relationship", "parental_responsibility", "lives_with",
  "no_contact", "confidential_address", "phone", "email", "address", "language", "communication_needs", "dob",
  "checked_on", "priority" }

local function check_pupil(name, fields)
  local allowed = { contacts = true }
  for _, each in ipairs(pupil_fields) do allowed[each] = true end
  for field in pairs(fields) do
    if type(field) == "string" and not allowed[field] then
      fault('pupil "%s" has no field "%s"%s', name, field, check.did_you_mean(field, check.names(allowed)))
    end
  end
end

-- pupil "Ada Byron" { "2025-09-08: // // // // //", year = 5, contacts = { { … } } }
function schools.pupil(name)
  if type(name) ~= "string" or name == "" then error('pupil takes a name: pupil "Ada" { … }', 2) end
  return function(fields)
    local ok, message = pcall(check_pupil, name, fields)
    if not ok then error(message, 2) end
    return { is_pupil = true, name = name, fields = fields }
  end
end

function schools.csv(rows)
  local lines = {}
  for i, row in ipairs(rows) do
    local cells = {}
    for c, value in ipairs(row) do cells[c] = '"' .. tostring(value):gsub('"', '""') .. '"' end
    lines[i] = table.concat(cells, ",")
  end
  return table.concat(lines, "\n") .. "\n"
end

local function add_rows(school, pupil, number)
  local forename, surname = pupil.name:match "^(.-)%s+(%S+)$"
  local upn = ("K8819999%05d"):format(number)
  if school.upn_of[pupil.name] then fault('there are two pupils "%s"; give each a surname', pupil.name) end
  school.upn_of[pupil.name], school.name_of[upn] = upn, pupil.name
  local row = { upn, surname or "Example", forename or pupil.name }
  for i, field in ipairs(pupil_fields) do row[3 + i] = pupil.fields[field] or usual[field] or "" end
  table.insert(school.pupil_rows, row)
  for _, contact in ipairs(pupil.fields.contacts or {}) do
    local cells = { upn }
    for i, field in ipairs(contact_fields) do
      local value = contact[field]
      cells[1 + i] = value == true and "yes" or value == false and "no" or value or ""
    end
    table.insert(school.contact_rows, cells)
  end
end

function schools.add_marks(school, name, weeks)
  for _, week in ipairs(weeks) do
    for _, row in ipairs(kit_marks.read(week, school.open)) do
      table.insert(school.waiting, { upn = school.upn_of[name], date = row.date, half = row.half, code = row.code })
      if not school.last or row.date > school.last then school.last = row.date end
    end
  end
end

-- Fill what a spec says of a school into `school`: upn_of, name_of, pupil_rows,
-- contact_rows, waiting (marks), open (days), day. -> the settings' text
function schools.fill(school, what)
  check_school(what)
  local text = settings_text(what)
  school.upn_of, school.name_of, school.waiting, school.open = {}, {}, {}, open_days(text)
  school.pupil_rows = { { "upn", "surname", "forename", table.unpack(pupil_fields) } }
  school.contact_rows = { { "upn", table.unpack(contact_fields) } }
  for number, pupil in ipairs(what) do
    add_rows(school, pupil, number)
    schools.add_marks(school, pupil.name, pupil.fields)
  end
  if #what == 0 then fault 'a school has at least one pupil: kit.pupil "Ada" { … }' end
  school.day = what.day and problem.check(core.date.parse(what.day)) or school.last
  if not school.day then fault 'the school has no marks; give day = "2025-09-08"' end
  return text
end

return schools
