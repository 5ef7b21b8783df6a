-- consult: one question to one step about one pupil, and its answer in a closed form.
--
--   ask(step, pupil, case, request)   request { what, fields, entry, parent, unseen = ids of
--                                     entries that are not to be known of, hidden = { { id, note,
--                                     fields = names }, … }: what of entries is not, level = the
--                                     API level of the step's plugin }; gives
--     complete    { fields = { NAME = value } }, or { why = text }: it cannot be; or both,
--                 where it can be worked out and should not be. What was given is left out:
--                 it stays as people wrote it, at any length
--     checklist   { checklist = { { item, there, needed, words, covers }, … } }
--     routes      { routes = { { contact, route, open, words, from }, … } }
--     fills       { words = { NAME = text } }
--
-- What a step gives is read raw and copied, so that nothing of it runs again; anything
-- else than the above raises, with what it should be. The host checks it once more.

local core = require "core"
local check = require "check"
local entries = require "entries"
local roles = require "roles"

local consults = {}

-- Bytes of a text, of the words of a document and of a name; items of a list, fields of one.
consults.most = { text = 500, words = 16 * 1024, name = 100, items = 200, item_fields = 8 }

local most = consults.most

local function fault(format, ...) error(format:format(...), 0) end

local function text_of(value, what, bytes)
  bytes = bytes or most.text
  if type(value) ~= "string" or #value > bytes or not utf8.len(value) or value:find("\0", 1, true) then
    fault("%s should be a text of at most %d bytes, in UTF-8", what, bytes)
  end
  return value
end

local function optional_text(value, what) return value ~= nil and text_of(value, what) or nil end

local function optional_date(value, what)
  local day = optional_text(value, what)
  if day and core.date.parse(day) ~= day then fault('%s should be a day, such as "2026-03-20"', what) end
  return day
end

local function boolean_of(value, what)
  if type(value) ~= "boolean" then fault("%s should be true or false", what) end
  return value
end

-- The items of a plugin's list, raw.
local function items_of(value, what)
  if type(value) ~= "table" then fault("%s should give a list, not a %s", what, type(value)) end
  local n = rawlen(value)
  if n > most.items then fault("%s gives %d items; at most %d", what, n, most.items) end
  local list = core.array {}
  for i = 1, n do list[i] = rawget(value, i) end
  return list
end

local function check_name(name, what)
  if type(name) ~= "string" or #name > most.name or not name:find "^[%w_-]+$" then
    fault("%s: a name has letters, digits, _ and -", what)
  end
end

local function count_of(map, what)
  local n = 0
  for name in next, map do
    check_name(name, what)
    n = n + 1
  end
  if n > most.items then fault("%s gives %d names; at most %d", what, n, most.items) end
end

-- complete ------------------------------------------------------------------------

-- One item of a list: a text, or a map of texts such as { what =, owner =, by = }.
local function item_of(item, what)
  if type(item) ~= "table" then return text_of(item, what) end
  local copy = {}
  for name, value in pairs(item) do
    check_name(name, what)
    copy[name] = text_of(value, ("%s.%s"):format(what, name))
  end
  return copy
end

local function value_of(value, what)
  local kind = type(value)
  if kind == "number" or kind == "boolean" then return value end
  if kind ~= "table" then return text_of(value, what) end
  local list = items_of(value, what)
  for i, item in ipairs(list) do list[i] = item_of(item, ("%s, item %d"):format(what, i)) end
  return list
end

local ask = {}

function ask.complete(step, pupil, case, request)
  local had = {}
  for name in next, request.fields or {} do had[name] = true end
  local given, why = step.complete(pupil, case, request.fields or {})
  why = optional_text(why, "why complete cannot be")
  if why and not why:find "%S" then fault "why complete cannot be should be said in words" end
  if given == nil then return why and { why = why } or { fields = {} } end
  if type(given) ~= "table" then fault("complete should return fields, or nil, and why not; not a %s", type(given)) end
  count_of(given, "complete")
  local fields, known = {}, check.names(step.records or {})
  for _, name in ipairs(check.names(given)) do
    if not (step.records or {})[name] then
      fault('complete gives "%s", which the step does not record%s', name, check.did_you_mean(name, known))
    end
    if not had[name] then fields[name] = value_of(rawget(given, name), name) end
  end
  return { fields = fields, why = why }
end

-- The others ------------------------------------------------------------------------

local function entry_of(case, request) return request.entry and entries.by_id(case:entries(), request.entry) end

function ask.checklist(step, pupil, case, request)
  local list = items_of(step.checklist(pupil, case, entry_of(case, request)), "checklist")
  for i, item in ipairs(list) do
    local what = ("checklist, item %d"):format(i)
    if type(item) ~= "table" then fault("%s should be { item =, there =, needed = }", what) end
    list[i] = { item = text_of(rawget(item, "item"), what .. ": item"),
      there = boolean_of(rawget(item, "there"), what .. ": there"),
      needed = boolean_of(rawget(item, "needed") or false, what .. ": needed"),
      words = optional_text(rawget(item, "words"), what .. ": words"),
      covers = optional_text(rawget(item, "covers"), what .. ": covers")
        or request.level < 3 and roles.covers(item.item) or nil }
  end
  return { checklist = list }
end

function ask.routes(step, pupil, case)
  local list = items_of(step.routes(pupil, case), "routes")
  for i, item in ipairs(list) do
    local what = ("routes, item %d"):format(i)
    if type(item) ~= "table" or math.type(rawget(item, "contact")) ~= "integer" then
      fault("%s should be { contact = (the id of a contact), route =, open = }", what)
    end
    list[i] = { contact = rawget(item, "contact"), route = text_of(rawget(item, "route"), what .. ": route"),
      open = boolean_of(rawget(item, "open"), what .. ": open"),
      words = optional_text(rawget(item, "words"), what .. ": words"),
      from = optional_date(rawget(item, "from"), what .. ": from") }
  end
  return { routes = list }
end

function ask.fills(step, pupil, case, request)
  local given = step.fills(pupil, case, entry_of(case, request))
  if type(given) ~= "table" then fault("fills should return a table of texts, not a %s", type(given)) end
  count_of(given, "fills")
  local words = {}
  for name, value in pairs(given) do words[name] = text_of(value, ("fills: %s"):format(name), most.words) end
  return { words = words }
end

-- The pupil's list of entries is changed in place, for a step may read it as pupil.case, too: without
-- what is about another parent alone, and without what is not to be known of.
local function show_of_parent(all, parent, unseen)
  local whose, list, out = {}, {}, {}
  for _, id in ipairs(unseen or {}) do out[id] = true end
  for _, entry in ipairs(all) do
    local id = (entry.contacts or {}).parent or whose[entry.of or 0]
    if entry.id then whose[entry.id] = id end
    if (not id or id == parent) and not out[entry.id] then list[#list + 1] = entry end
  end
  for i = 1, #all do all[i] = list[i] end
end

-- The same without what of entries is hidden.
local function hide(all, hidden)
  local by_id = {}
  for _, entry in ipairs(all) do by_id[entry.id or 0] = entry end
  for _, each in ipairs(hidden) do
    local entry = by_id[each.id]
    if entry and each.note then entry.note = nil end
    for _, name in ipairs(entry and each.fields or {}) do
      if entry.fields then entry.fields[name] = nil end
      if entry.contacts then entry.contacts[name] = nil end
    end
  end
end

function consults.ask(step, pupil, case, request)
  if not step[request.what] then fault("the step has no %s", request.what) end
  local seen, all = pcall(function() return pupil.case end) -- without the grant "cases" it raises, when it is asked too
  if seen and all and request.parent then show_of_parent(all, request.parent, request.unseen) end
  if seen and all and request.hidden then hide(all, request.hidden) end
  return ask[request.what](step, pupil, case, request)
end

return consults
