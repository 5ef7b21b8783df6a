-- profile: how the exports of a system are read, as a plugin's profiles/NAME.lua says it.
--
--   profiles.new(fields)                      what profile { … } gives: its fields, and no more; raises
--   profiles.fault(reading, kind, what)       nil, or a sentence: what is wrong with a reading of a kind
--   profiles.declared(profile, name)          what the host is told: all but its function
--   profiles.ask(profile, file, granted)      what its `read` says of a file: a reading, {} for nothing; raises
--   profiles.columns                          by kind, the columns that a reading can name
--   profiles.over(base, changes)              a reading with what another one says over it; either may be nil

local core = require "core"
local check = require "check"
local declared = require "made.fields"
local limits = require "limits"

local profiles = {}

profiles.columns = {
  marks = { "school", "upn", "admission_number", "date", "session", "code", "minutes_late", "comment", "sub_code", "am",
    "pm", "start", "marks" },
  pupils = { "school", "upn", "surname", "forename", "sex", "year", "form", "admission_number", "sen", "fsm", "dob",
    "joined", "left" },
  contacts = { "school", "upn", "admission_number", "title", "forename", "surname", "relationship", "email", "phone",
    "address", "language", "communication_needs", "parental_responsibility", "lives_with", "no_contact",
    "confidential_address", "priority", "dob", "checked_on" },
}
profiles.kinds = { "marks", "pupils", "contacts" }

local most_heading, most_mark, most_line, most_about = 200, 40, 300, 2000 -- bytes
local delimiters = { [","] = true, [";"] = true, ["\t"] = true, ["|"] = true }
local of_marks = { "shape", "marks", "sub_codes", "weekends", "starts" }

local function copy_of(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for name, each in next, value do copy[name] = copy_of(each) end
  return copy
end

local function columns_fault(columns, kind)
  local known = profiles.columns[kind]
  for _, name in ipairs(check.names(columns)) do
    local fault = check.value(name, { choices = known }, "columns")
    if fault then return fault end
    local headings = columns[name]
    for _, heading in ipairs(type(headings) == "table" and headings or { headings }) do
      fault = check.line_fault(heading, most_heading, ("columns: %s"):format(name))
      if fault then return fault end
    end
    if type(headings) == "table" and (#headings == 0 or #headings > limits.items) then
      return ('columns: "%s" should be a heading, or a list of them'):format(name)
    end
  end
end

local function texts_fault(map, what)
  local too_many = limits.fault("items", #check.names(map), what)
  if too_many then return too_many end
  for _, text in ipairs(check.names(map)) do
    local code = map[text]
    if type(text) ~= "string" or text == "" or #text > most_mark or type(code) ~= "string" or #code > most_mark then
      return ('"%s" should be { ["as it is written"] = "code" }, texts of at most %d bytes'):format(what, most_mark)
    end
  end
end

function profiles.fault(reading, kind, what)
  local fault = check.fields(reading, declared.fields.reading, what)
  if fault then return fault end
  for _, name in ipairs { "columns", "marks", "sub_codes" } do
    if reading[name] and not fault then
      fault = name == "columns" and columns_fault(reading.columns, kind) or name ~= "columns"
        and texts_fault(reading[name], name) or nil
    end
  end
  for _, name in ipairs(kind ~= "marks" and of_marks or {}) do
    if reading[name] ~= nil then fault = fault or ('"%s" is for marks'):format(name) end
  end
  if reading.delimiter and not delimiters[reading.delimiter] then
    fault = fault or '"delimiter" is one of a comma, a semicolon, a tab and |'
  end
  if reading.starts and core.date.parse(reading.starts) ~= reading.starts then
    fault = fault or '"starts" should be a day, such as "2025-09-01"'
  end
  for _, name in ipairs { "sheet", "records", "school" } do
    fault = fault or reading[name] and check.line_fault(reading[name], most_heading, name) or nil
  end
  return fault and ("%s: %s"):format(what, fault)
end

local function lines_fault(fields)
  local fault = check.line_fault(fields.title, most_line, "title")
    or fields.about and check.line_fault(fields.about:gsub("\n", " "), most_about, "about")
  for _, name in ipairs { "confirmed", "believed" } do
    for _, text in ipairs(fields[name] or {}) do fault = fault or check.line_fault(text, most_line, name) end
  end
  return fault
end

local made = setmetatable({}, { __mode = "k" }) -- what profile { … } gave, by itself

local function refuse_change() error("a profile stays as it was made", 2) end

function profiles.new(fields)
  local fault = check.fields(fields, declared.fields.profile, "profile")
  if fault then error(fault, 2) end
  fault = lines_fault(fields)
  for _, kind in ipairs(profiles.kinds) do
    fault = fault or fields[kind] and profiles.fault(fields[kind], kind, kind)
  end
  if not fault and not (fields.read or fields.marks or fields.pupils or fields.contacts) then
    fault = "it says nothing of files; give it marks, pupils, contacts or read"
  end
  if fault then error("profile: " .. fault, 2) end
  local copy = copy_of(fields)
  local profile = setmetatable({}, { __index = copy, __newindex = refuse_change, __metatable = false })
  made[profile] = copy
  return profile
end

function profiles.is_profile(value) return made[value] ~= nil end

function profiles.declared(profile, name)
  local fields = made[profile]
  local answer = { name = name, title = fields.title, about = fields.about,
    confirmed = core.array(copy_of(fields.confirmed or {})), believed = core.array(copy_of(fields.believed or {})),
    reads = fields.read ~= nil }
  for _, kind in ipairs(profiles.kinds) do answer[kind] = copy_of(fields[kind]) end
  return answer
end

function profiles.over(base, changes)
  local reading = copy_of(base or {})
  for name, value in next, changes or {} do
    if type(value) == "table" and reading[name] then
      for key, each in next, value do reading[name][key] = copy_of(each) end
    else
      reading[name] = copy_of(value)
    end
  end
  return reading
end

-- Asking ---------------------------------------------------------------------------

-- What `read` is given, and the grant that it needs to see some of it: what stands in cells is about children.
profiles.seen = {
  file = { "kind", "name", "form", "encoding", "headings", "records", "columns", "preamble", "rows" },
  file_column = { "heading", "blank", "upn", "numbers", "dates", "first_date", "last_date", "distinct" },
}
local needs = { preamble = "file.rows", rows = "file.rows", distinct = "file.rows" }

-- What is not granted raises, and so does a name that is not there.
local function seen(fields, what, granted)
  local known = {}
  for _, name in ipairs(profiles.seen[what]) do known[name] = true end
  local function refuse() error("the facts of a file stay as they are", 2) end
  return setmetatable({}, { __metatable = false, __newindex = refuse,
    __index = function(_, name)
      if not known[name] then
        error(('a %s has no "%s"%s'):format(what == "file" and what or "column", tostring(name),
          check.did_you_mean(tostring(name), profiles.seen[what])), 2)
      elseif needs[name] and not granted[needs[name]] then
        error(('%s may not be read: write reads = { "%s" } in plugin.lua'):format(name, needs[name]), 2)
      end
      return fields[name]
    end })
end

function profiles.ask(profile, file, granted)
  local columns = {}
  for i, column in ipairs(file.columns) do columns[i] = seen(column, "file_column", granted) end
  local fields = copy_of(file)
  fields.columns = columns
  local reading = made[profile].read(seen(fields, "file", granted))
  if reading == nil then return {} end
  local fault = type(reading) ~= "table" and "read should return a reading, or nil, not " .. check.given(reading)
  if fault then error(fault, 0) end
  local copy = {}
  for name, value in next, reading do copy[name] = copy_of(value) end
  fault = profiles.fault(copy, file.kind, "read")
  if fault then error(fault, 0) end
  return copy
end

return profiles
