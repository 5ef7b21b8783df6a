-- case/fields: what a step records besides its outcome, read from what people wrote.
--
--   local read = case_fields.read(step, given, contacts)   given: { name = text | texts }
--     -> { fields, contacts, cleared }; take_over adds `over`: the names of those taken over
--   case_fields.one(record, text, contacts)  -> value, id of the contact | nil, why not
--   case_fields.take_over(read, body, step, on)   what was not given anew, from an earlier entry
--   case_fields.add_defaults(read, step, contacts)
--   case_fields.complete(read, step, more, contacts)
--   case_fields.check(read, step, whole)     raises; `whole`: what is required must be there
--   case_fields.name(text, contacts)         with whom
--
-- `contacts` is a function that gives the contacts of the pupil (case/people). A field of the type
-- contact is the name; its id is kept beside it in `contacts`, under the field's name (of
-- `contacts` a list of ids), where the person is a contact of the pupil. A field that is
-- given as nothing ("barriers=") is cleared: nothing is taken over into it.
--
-- On a command line an action is "WHAT; WHO" or "WHAT; WHO; DATE", a signature "WHO" or
-- "WHO; DATE".

local core = require "waymark.core"
local people = require "waymark.case.people"
local problem = require "waymark.base.problem"
local titles = require "waymark.plugin.titles"
local check = core.sdk "check"
local sdk_steps = core.sdk "step"

local case_fields = {}

local date = core.date

-- Contacts --------------------------------------------------------------------------

-- -> name, id. Somebody who is no contact of the pupil (a grandmother at the door) is
-- kept as text, without an id; never a guess.
local function read_contact(text, _, contacts)
  local contact, others = people.find(contacts(), text)
  if contact then return contact.name, contact.id end
  if #others == 0 then return text end
  return nil, people.which_of(text, others)
end

-- With whom: the name of a contact and its id, or what was written.
function case_fields.name(text, contacts) return problem.check(read_contact(text, nil, contacts)) end

-- One item --------------------------------------------------------------------------

local function trim(text) return text:match "^%s*(.-)%s*$" end

-- The parts between semicolons, without spaces around them.
local function parts_of(text)
  local parts = {}
  for part in (text .. ";"):gmatch "([^;]*);" do parts[#parts + 1] = trim(part) end
  while parts[#parts] == "" do parts[#parts] = nil end
  return parts
end

local function read_date(text) return (date.parse(text)) end

local function read_number(text, record)
  local value = text:find "^[+-]?%d*%.?%d+$" and tonumber(text)
  if not value then return nil end
  if record.least and value < record.least or record.most and value > record.most then
    local range = record.most and ("from %s to %s"):format(record.least or "any", record.most)
      or ("at least %s"):format(record.least)
    return nil, ("%s should be %s"):format(text, range)
  end
  return math.tointeger(value) or value
end

local function read_choice(text, record)
  local low, names = text:lower(), {}
  for i, each in ipairs(record.choices or {}) do
    if each:lower() == low then return each end
    names[i] = each
  end
  return nil, ('"%s" is not one of: %s%s'):format(text, table.concat(names, ", "), check.did_you_mean(text, names))
end

local function read_yes_no(text)
  local low = text:lower()
  if low == "yes" or low == "no" then return low end
end

local function read_action(text)
  local parts = parts_of(text)
  local by = parts[3] and read_date(parts[3])
  if #parts < 2 or #parts > 3 or parts[1] == "" or parts[2] == "" or parts[3] and not by then
    return nil, ('"%s" is not an action; write it as: what; who; 2026-03-20'):format(text)
  end
  return { what = parts[1], owner = parts[2], by = by }
end

local function read_signature(text, _, contacts)
  local parts = parts_of(text)
  local on = parts[2] and read_date(parts[2])
  if #parts < 1 or #parts > 2 or parts[1] == "" or parts[2] and not on then
    return nil, ('"%s" is not a signature; write it as: who; 2026-03-20'):format(text)
  end
  local who, why = read_contact(parts[1], nil, contacts)
  if not who then return nil, why end
  return { who = who, on = on }
end

local readers = { text = function(text) return text end, date = read_date, number = read_number,
  ["yes-no"] = read_yes_no, choice = read_choice, contact = read_contact, action = read_action,
  signature = read_signature }

-- The types that are lists, and what each item is.
local items = { contacts = "contact", list = "text", dates = "date", actions = "action", signatures = "signature" }

local a_type = { date = "a date", number = "a number", ["yes-no"] = "a yes-no" }

-- Whether a type is a list.
function case_fields.is_list(kind) return items[kind] ~= nil end

-- One item of a field: -> value, id | nil, why not
function case_fields.one(record, text, contacts)
  local kind = items[record.type] or record.type
  local value, more = (readers[kind] or readers.text)(text, record, contacts)
  if value ~= nil then return value, more end
  return nil, more or ('"%s" is not %s'):format(text, a_type[kind] or "a " .. kind)
end

-- Reading ---------------------------------------------------------------------------

local places = { action = { "what", "owner", "by" }, signature = { "who", "on" } }

-- What is worked out by a plugin may be a number or a boolean, and an item a table: as a
-- person would have written it, each part in its place.
local function text_of(value, kind)
  if type(value) == "boolean" then return value and "yes" or "no" end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for i, name in ipairs(places[kind] or {}) do parts[i] = (value[name] or ""):gsub(";", ",") end
  return (table.concat(parts, "; "):gsub("[; ]+$", ""))
end

local function texts_of(value, kind)
  local texts = {}
  for _, each in ipairs(type(value) == "table" and value or { value }) do
    local text = text_of(each, kind)
    if trim(text) ~= "" then texts[#texts + 1] = text end
  end
  return texts
end

-- -> value, ids | nil, why not; false for a field that is cleared
local function read_field(record, value, contacts)
  local texts, list, ids = texts_of(value, items[record.type]), core.array {}, core.array {}
  if #texts == 0 then return false end
  if not items[record.type] then
    if #texts > 1 then return nil, "it is given twice" end
    return case_fields.one(record, texts[1], contacts)
  end
  for i, each in ipairs(texts) do
    local item, id = case_fields.one(record, each, contacts)
    if item == nil then return nil, id end
    list[i] = item
    if record.type == "contacts" then ids[#ids + 1] = id end
  end
  return list, #ids > 0 and ids or nil
end

local function unknown(step, name)
  local names = check.names(step.records or {})
  if #names == 0 then problem.raise('%s does not record "%s", or any other field', step.title, name) end
  problem.raise('%s does not record "%s"%s; it records: %s', step.title, name, check.did_you_mean(name, names),
    table.concat(names, ", "))
end

-- "jointly", a choice of another record, is nobody's name.
local function check_names(step, name, given)
  for _, text in ipairs(type(given) == "table" and given or { given }) do
    for _, other in ipairs(check.names(step.records)) do
      for _, choice in ipairs(step.records[other].choices or {}) do
        if type(text) == "string" and core.fold(text) == core.fold(choice) then
          problem.raise('%s: %s: "%s" is no name; name each person, and write %s=%s', step.title, name, text, other,
            choice)
        end
      end
    end
  end
end

-- A record by its name or its title.
local function put(read, step, text, given, contacts)
  local name = titles.find(text, titles.of(step.records)) or unknown(step, text)
  local record = step.records[name]
  if read.fields[name] ~= nil or read.cleared[name] then
    problem.raise("%s: %s: it is given twice", step.title, name)
  end
  if record.type == "contact" or record.type == "contacts" then check_names(step, name, given) end
  local value, ids = read_field(record, given, contacts)
  if value == nil then problem.raise("%s: %s: %s", step.title, name, ids) end
  if value == false then
    read.cleared[name] = true
  else
    read.fields[name], read.contacts[name] = value, ids
  end
end

function case_fields.read(step, given, contacts)
  local read = { fields = {}, contacts = {}, cleared = {} }
  for _, name in ipairs(check.names(given or {})) do put(read, step, name, given[name], contacts) end
  return read
end

local function is_open(read, name) return read.fields[name] == nil and not read.cleared[name] end

-- The days of review that are still to come after a day; nil when there are none.
local function still_to_come(days, on)
  local list = core.array {}
  for _, day in ipairs(type(days) == "table" and days or { days }) do
    if day > on then list[#list + 1] = day end
  end
  if type(days) ~= "table" then return list[1] end
  return #list > 0 and list or nil
end

-- Whoever signed a version has not signed the next one, and a day of review that has come was that
-- of the version before. What is taken over was in order when it was written: a new day of meeting
-- may well lie after the old day of beginning.
function case_fields.take_over(read, body, step, on)
  read.over = read.over or {}
  for name, value in next, body.fields or {} do
    local record = (step.records or {})[name] or {}
    if record.role == "review" then value = still_to_come(value, on) end
    if value ~= nil and is_open(read, name) and record.type ~= "signatures" then
      read.fields[name], read.contacts[name] = value, (body.contacts or {})[name]
      read.over[name] = true
    end
  end
end

function case_fields.add_defaults(read, step, contacts)
  for _, name in ipairs(check.names(step.records or {})) do
    local default = step.records[name].default
    if default ~= nil and is_open(read, name) then put(read, step, name, default, contacts) end
  end
end

-- What a plugin worked out of those not given; checked as if it had been written. All of
-- it, or nothing: it raises.
function case_fields.complete(read, step, more, contacts)
  local added = { fields = {}, contacts = {}, cleared = {} }
  for _, name in ipairs(check.names(more)) do
    if sdk_steps.passes_for_entry(name, (step.records or {})[name]) then
      problem.raise('"%s" is what a person says of an entry; a plugin does not work it out', name)
    end
    if is_open(read, name) then put(added, step, name, more[name], contacts) end
  end
  for part, values in next, added do
    for name, value in next, values do read[part][name] = value end
  end
end

-- Checking --------------------------------------------------------------------------

local function check_order(fields, name, before)
  local first, last = fields[before], fields[name]
  if type(first) == "string" and type(last) == "string" and last < first then
    problem.raise("%s: %s comes before %s, %s", name, last, before, first)
  end
end

-- A period does not end before it begins, whatever the step calls its two days.
local function check_period(fields, step)
  local named = {}
  for name, record in next, step.records or {} do named[record.role or ""] = name end
  local from, to = named["period-from"], named["period-to"]
  if from and to then check_order(fields, to, from) end
end

function case_fields.check(read, step, whole)
  local missing = {}
  for _, name in ipairs(check.names(step.records or {})) do
    local record = step.records[name]
    if whole and record.required and read.fields[name] == nil then missing[#missing + 1] = name end
    if record.not_before and not (read.over or {})[name] then check_order(read.fields, name, record.not_before) end
  end
  check_period(read.fields, step)
  if #missing > 0 then
    problem.raise("%s also needs: %s; give it with --set %s=…", step.title, table.concat(missing, ", "), missing[1])
  end
end

return case_fields
