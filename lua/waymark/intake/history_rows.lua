-- intake/history_rows: one row of a file of entries as an entry, or why it cannot be one; for
-- history.lua, which says what the columns are.
--
--   local rows = history_rows.new(space, reader, by)
--   rows:read(row)         -> stay, event, body, steps by name; raises a cause
--   history_rows.is_cause(raised); a cause is { cause, words }
--   history_rows.causes    what each cause is in words
--   rows.further           { { name, place, used, unused, line }, … }: further columns

local bounds = require "waymark.base.bounds"
local core = require "waymark.core"
local case_fields = require "waymark.case.fields"
local case_plans = require "waymark.case.plans"
local cases = require "waymark.case"
local people = require "waymark.case.people"
local problem = require "waymark.base.problem"
local pupils = require "waymark.store.pupils"
local readers = require "waymark.case.readers"
local tables = require "waymark.base.tables"
local check = core.sdk "check"

local history_rows = {}

local methods = {}
local mark = { __index = methods }

local named = { "school", "upn", "admission_number", "date", "step", "outcome", "with", "note", "by", "issuer",
  "review_on", "audience", "of" }
local needed = { "date", "step" }
history_rows.needed, history_rows.named = needed, named
local is_named = {}
for _, name in ipairs(named) do is_named[name] = true end

local kind_longest = 48

-- Why a row is left out: how reports count it, and in which words.
local causes = {
  unread = "the line cannot be read", ["no-school"] = "the school is missing",
  ["unknown-school"] = "the school is not known", ["no-pupil"] = "neither a UPN nor an admission number is given",
  ["unknown-pupil"] = "the pupil is not known at that school", ["not-a-date"] = "the date cannot be read",
  ["after-today"] = "dated after today", step = "the step cannot be taken",
  ["out-of-range"] = "a day or a text is beyond what there can be",
  outcome = "the outcome is not one of the step's", audience = "the audience is not known",
  field = "a cell is not what the step records", of = "the entry that it is the outcome of is not there",
}

local function plain_name(text) return (text:lower():gsub("[%s_-]+", "-"):gsub("^-+", ""):gsub("-+$", "")) end

local function shown(text)
  text = core.escape(text)
  return (utf8.len(text) or #text) > 60 and text:sub(1, utf8.offset(text, 60) - 1) .. "…" or text
end

history_rows.causes = causes

local cause_mark = {} -- the metatable of what the checks of a row raise

function history_rows.is_cause(raised) return getmetatable(raised) == cause_mark end

local function leave(cause, format, ...)
  error(setmetatable({ cause = cause, words = format:format(...) }, cause_mark), 0)
end

-- Who there is ---------------------------------------------------------------------------

-- Stays by UPN and by admission number: { pupil, enrolment, school, joined, left }.
local function stays_of(space)
  local by_upn, by_number = {}, {}
  local function add(list, key, stay)
    if not key or key == "" then return end
    key = key:upper()
    list[key] = list[key] or {}
    table.insert(list[key], stay)
  end
  for row in pupils.each_stay(space.store) do
    local stay = { enrolment = row[1], pupil = row[2], school = row[3], joined = row[4], left = row[5] }
    add(by_upn, row[6], stay)
    add(by_number, row[7], stay)
  end
  for row in pupils.each_former_upn(space.store) do by_upn[row[1]] = by_upn[row[1]] or by_upn[row[2]] end
  return by_upn, by_number
end

-- The keys of schools by what a cell calls them, filled as cells come; and how many there are.
local function school_keys(space)
  local by_id, count = {}, 0
  for _, school in ipairs(space:schools()) do
    count = count + 1
    by_id[school.id] = school.key
  end
  return setmetatable({}, { __index = function(keys, text)
    keys[text] = by_id[space.store:school_id(text)] or false
    return keys[text]
  end }), count
end

-- Of several stays the one that a day belongs to: that was then, else the last that
-- had begun, else the first.
local function stay_on(stays, on)
  local begun
  for _, stay in ipairs(stays) do
    local joined = stay.joined or ""
    if joined <= on then
      if not stay.left or stay.left >= on then return stay end
      if not begun or joined >= (begun.joined or "") then begun = stay end
    end
  end
  return begun or stays[1]
end

-- Reading a row ---------------------------------------------------------------------------

local function names_of(reader)
  local names = {}
  for i, heading in ipairs(reader:headings()) do names[i] = heading:lower():gsub("[%s-]+", "_") end
  return names
end

-- headings -> { name = place }, further = { { name, place }, … }. The two columns that
-- a file of rows left out ends with, line and reason, say nothing of the entry.
local function columns_of(reader, several)
  local columns, further, names = {}, {}, names_of(reader)
  local was_left_out = names[#names] == "reason" and names[#names - 1] == "line"
  for i, name in ipairs(names) do
    if is_named[name] then
      columns[name] = i
    elseif name ~= "" and not (was_left_out and i > #names - 2) then
      further[#further + 1] = { name = name, place = i }
    end
  end
  local wanted = { table.unpack(needed) }
  if several then wanted[#wanted + 1] = "school" end
  for _, name in ipairs(wanted) do
    if not columns[name] then
      problem.raise('%s has no column "%s"; the headings are %s', reader:about().name, name, table.concat(named, ","))
    end
  end
  if not columns.upn and not columns.admission_number then
    problem.raise('%s has neither a column "upn" nor "admission_number"', reader:about().name)
  end
  return columns, further
end

local function date_in(self, name)
  local day, message = self.reader:date(name)
  if message and day == nil then problem.raise("%s", message) end
  if not day then leave("not-a-date", "%s: %s", name, message or "the date is missing") end
  return day
end

local function school_of(self, cell)
  if cell == "" then return nil end
  local key = self.schools[cell]
  if not key then leave("unknown-school", 'no school "%s"', shown(cell)) end
  return key
end

local function stays_at(stays, school)
  local list = {}
  for _, stay in ipairs(stays or {}) do
    if not school or stay.school == school then list[#list + 1] = stay end
  end
  return list
end

local function stay_of(self, cell, on)
  local upn, number = cell "upn", cell "admission_number"
  if upn == "" and number == "" then leave("no-pupil", "neither a UPN nor an admission number") end
  local school = school_of(self, cell "school")
  local who, list = upn, self.by_upn
  if upn == "" then who, list = number, self.by_number end
  local stays = stays_at(list[who:upper()], school)
  if #stays == 0 then leave("unknown-pupil", 'nobody there has the number "%s"', shown(who)) end
  for _, stay in ipairs(stays) do
    if stay.school ~= stays[1].school then
      leave("no-school", "the pupil has been at several schools; say at which one")
    end
  end
  return stay_on(stays, on)
end

-- The step of a road map, or nil and the name under which another kind is kept.
local function step_of(declared, text)
  local name = plain_name(text)
  local names = {}
  for i, step in ipairs(declared and declared.steps or {}) do
    if step.name == name or plain_name(step.title) == name then return step, step.name end
    names[i] = step.name
  end
  if not name:find "^%a[%w-]*$" or #name > kind_longest then
    leave("step", '"%s" is no name: letters, digits and hyphens', shown(text))
  end
  local near = check.did_you_mean(name, names)
  if near ~= "" then leave("step", 'the road map has no step "%s"%s', shown(text), near) end
  return nil, name
end

local function outcome_of(step, text)
  if text == "" then return nil end
  if not step or #step.outcomes == 0 then return text end
  local name = plain_name(text)
  for _, each in ipairs(step.outcomes) do
    if each == name then return each end
  end
  leave("outcome", '%s: "%s" is not one of: %s', step.title, shown(text), table.concat(step.outcomes, ", "))
end

local function audience_of(step, text)
  if text == "" then return readers.given(step, {}) end
  for _, each in ipairs(cases.audiences) do
    if each == text:lower() then return each, true end
  end
  leave("audience", 'the audience "%s" is not one of: %s', shown(text), table.concat(cases.audiences, ", "))
end

-- The contacts of a pupil, read once for all rows of that stay.
local function contacts_of(self, stay)
  return function()
    if self.whose ~= stay.enrolment then
      self.whose, self.contacts = stay.enrolment, people.of(self.space, stay)
    end
    return self.contacts
  end
end

-- One item: -> value, id of the contact. A person is kept as written.
local function item_of(name, record, text, contacts)
  if record.type == "contact" or record.type == "contacts" then
    local contact = people.find(contacts(), text)
    return text, contact and contact.id
  end
  local value, why = case_fields.one(record, text, contacts)
  if value == nil then leave("field", "%s: %s", name, shown(tostring(why))) end
  return value
end

-- The items of a list stand in lines of their own, or with "|" between them.
local function field_of(name, record, text, contacts)
  if not case_fields.is_list(record.type) then return item_of(name, record, text, contacts) end
  local list, ids = core.array {}, core.array {}
  for item in text:gmatch "[^|\r\n]+" do
    item = item:match "^%s*(.-)%s*$"
    if item ~= "" then
      local value, id = item_of(name, record, item, contacts)
      list[#list + 1], ids[#ids + 1] = value, id
    end
  end
  return list, #ids > 0 and ids or nil
end

-- The further cells that the step records, and the ids of contacts among them; of another
-- kind, all of them.
local function fields_of(self, step, row, stay)
  local fields, ids, contacts = {}, {}, contacts_of(self, stay)
  for _, column in ipairs(self.further) do
    local text, record = row.cells[column.place], step and (step.records or {})[column.name]
    if text ~= "" and (record or not step) then
      local name = column.name
      column.used = true
      fields[name], ids[name] = field_of(name, record or { type = "text" }, text, contacts)
    elseif text ~= "" then
      column.unused = (column.unused or 0) + 1
      column.line = column.line or row.line
    end
  end
  return next(fields) and fields or nil, next(ids) and ids or nil
end

-- The entry that an outcome is the outcome of, by its number or its day.
local function of_entry(self, text, stay, step)
  if text == "" then return nil end
  local id, day = math.tointeger(tonumber(text)), core.date.parse(text)
  for _, entry in ipairs(cases.entries(self.space, { pupil = stay.pupil, kind = "entry.recorded" })) do
    local is_meant = entry.id == id or not id and entry.on == day
    if is_meant and entry.step == step and not entry.outcome then return entry.id end
  end
  leave("of", 'nothing of that kind without an outcome is recorded as "%s"', shown(text))
end

local function text_or_nil(text) return text ~= "" and text or nil end

-- A row as a stay of a pupil, an event and its body, with the steps of the road map;
-- raises the cause when it cannot be one.
function methods.read(self, row)
  if row.fault then leave("unread", "%s", row.fault) end
  local function cell(name)
    local place = self.columns[name]
    return place and row.cells[place] or ""
  end
  local on = date_in(self, "date")
  if on > self.today then leave("after-today", "%s is still to come", on) end
  local stay = stay_of(self, cell, on)
  local map = self.space:map_for_school(stay.school)
  local declared = map.declared
  if cell "step" == "" then leave("step", "the step is missing") end
  local step, name = step_of(declared, cell "step")
  local outcome = outcome_of(step, cell "outcome")
  local review = cell "review_on"
  local fields, contacts = fields_of(self, step, row, stay)
  local audience, chosen = audience_of(step, cell "audience")
  local body = { history = true, outcome = outcome, attempt = step and tables.has(step.attempts, outcome) or nil,
    with = text_or_nil(cell "with"), note = text_or_nil(cell "note"), issuer = text_or_nil(cell "issuer"),
    audience = audience, audience_chosen = chosen,
    review_on = review ~= "" and date_in(self, "review_on") or nil, fields = fields,
    contacts = contacts, of = of_entry(self, cell "of", stay, name),
    apart = step and case_plans.is_apart(step) or nil }
  local fault = bounds.entry_fault({ on, body }, self.today)
  if fault then leave("out-of-range", "%s", fault) end
  local event = { kind = "entry.recorded", at = self.space.now, on = on, enrolment = stay.enrolment,
    by = text_or_nil(cell "by") or self.by, step = name, plugin = step and step.plugin,
    version = step and step.version, digest = step and self.space:digest_of(step.plugin, map) }
  return stay, event, body, declared and declared.steps_by_name or {}
end

-- For a reader of core.csv with these columns. Raises a problem when the file lacks one.
function history_rows.new(space, reader, by)
  local self = setmetatable({ space = space, reader = reader, by = by, today = space:today() }, mark)
  local count
  self.schools, count = school_keys(space)
  if count == 0 then problem.raise "the workspace has no school yet; put a school block into waymark.lua" end
  self.columns, self.further = columns_of(reader, count > 1)
  self.by_upn, self.by_number = stays_of(space)
  return self
end

return history_rows
