-- api: the one declaration of what plugins, scripts and settings can use, by subject
-- (api/*.lua). Data only: it runs nothing and needs nothing. From it are made, with
-- `make api`: the checks (made/fields.lua, made/checks.lua), the types for editors
-- (lua/types), the page lua/manual/api.md. `waymark help` and the
-- REPL read it as it is.
--
-- A subject is { name =, title =, where =, about =, choices =, newer =, entries = {…},
-- notes = }; `newer` is { CHOICE = { NAME = level } }, of names that came after level 1;
-- `meanings` is { CHOICE = { NAME = text } }, in words for whoever decides about a plugin.
-- `where` is "plugin", "script" or "settings": who has it; scripts have what is marked
-- `script = true` in "plugin" too. `choices` are closed lists of names that are types.
-- An entry is { NAME, … } with
--   takes    parameters, each { name, type, help }; gives: types, or { type, name }
--   form     the named fields of the one table it takes: each { name, type, help,
--            required =, but_for = (words: when not), least =, most =, default =,
--            grant =, since = }
--            told = (the host is told that there is one, by this name; false: nothing)
--   crosses  true: a class whose objects go to the host as they are
--   class    true: what an object has, in `fields` (as in `form`); `is` its parent
--   type     of a value that is just there
--   text     one paragraph; raises: when it raises besides for a wrong argument
--   grant    what the plugin has to have in `reads`, or in `sends`
--   since    the API level it came with: 1 if nothing is said; fields have it too, and
--            `was`, their type at level 1, where a later level takes more
--   in_lua   true: written in Lua, so its arguments are checked from here
--   run      how its example is run by the specs: "step" (the part before an empty
--            line when the file is read), "load", "hook", "script", "settings",
--            "manifest", "template"; a line `EXPRESSION  --> VALUE` is tested
-- A type is text, integer, number, boolean, table, function, any, date, session, the name
-- of a class, a form ("NAME fields") or a choice; "list of T", "map of T", "T|T",
-- "function(T, T): T", "T..." for any number; with "?" at its end it may be left out.
--
-- Level 1 is frozen (tests/fixtures/api-1.txt), and so is level 2 (api-2.txt) once two
-- authorities have worked on it: entries may be added with a higher `since` and a higher
-- level; what is there stays as it is.

local api = {}

api.level = 3
api.subjects = { "pupil", "evidence", "rules", "case", "calendar", "date", "durations", "step", "road-map", "profile",
  "plugin", "manifest", "hooks", "effects", "templates", "lua", "scripts", "settings" }

local function kind_of(entry)
  if entry.class then return "class" end
  if entry.form then return entry.takes and "constructor" or "form" end
  if not entry.takes then return "value" end
  return entry[1]:find(":", 1, true) and "method" or "function"
end

local function complete(subject, entry)
  entry.name, entry.subject, entry.kind = entry[1], subject.name, kind_of(entry)
  entry.where, entry.since = entry.where or subject.where, entry.since or 1
  entry.script = entry.script or subject.script
  entry.run = entry.run or subject.run
end

local loaded = {}

-- A subject by its name; its entries complete.
function api.subject(name)
  if loaded[name] then return loaded[name] end
  local file = "api." .. name:gsub("-", "_")
  local subject = require(file)
  subject.name = name
  for _, entry in ipairs(subject.entries) do complete(subject, entry) end
  loaded[name] = subject
  return subject
end

-- Every entry, by subject and in order: for entry, subject in api.each() do
function api.each()
  local at, i = 1, 0
  return function()
    local subject = api.subject(api.subjects[at])
    i = i + 1
    while subject and not subject.entries[i] do
      at, i = at + 1, 1
      subject = api.subjects[at] and api.subject(api.subjects[at])
    end
    if subject then return subject.entries[i], subject end
  end
end

-- The closed lists of names, by the name of the type.
function api.choices()
  local all = {}
  for _, name in ipairs(api.subjects) do
    for choice, names in next, api.subject(name).choices or {} do all[choice] = names end
  end
  return all
end

-- What a name of a closed list means: text, the choice | nil
function api.meaning(name)
  for _, subject in ipairs(api.subjects) do
    for choice, meanings in next, api.subject(subject).meanings or {} do
      if meanings[name] then return meanings[name], choice end
    end
  end
end

-- The API level that a name of a closed list came with.
function api.since_of(subject, choice, name)
  local newer = (subject.newer or {})[choice]
  return newer and newer[name] or 1
end

-- How an entry is written in a line: "pupil:count(rule [, from [, to]])",
-- "rolling { … }", "today".
function api.written(entry)
  if entry.form and entry.takes then return entry.name .. " { … }" end
  if not entry.takes then return entry.name end
  local words, closing = {}, ""
  for i, each in ipairs(entry.takes) do
    local optional = each[2]:find "%?$" or each[2]:find "%.%.%.$"
    local name = each[2]:find "%.%.%.$" and "…" or each[1]
    words[i] = (optional and (i > 1 and " [, " or "[") or i > 1 and ", " or "") .. name
    if optional then closing = closing .. "]" end
  end
  return ("%s(%s%s)"):format(entry.name, table.concat(words), closing)
end

-- Names under which an entry is looked for: its own, and the last part of it.
local function last_part(name) return name:match "[.:]([^.:]+)$" or name end

-- What is asked for: entries by full name and by the last part of it, else a field of a
-- class or a form. -> list of { entry =, field = }
function api.find(name)
  local full, parts, fields = {}, {}, {}
  for entry in api.each() do
    if entry.name == name then full[#full + 1] = { entry = entry } end
    if entry.name ~= name and last_part(entry.name) == name then parts[#parts + 1] = { entry = entry } end
    for _, field in ipairs(entry.fields or entry.form or {}) do
      if field[1] == name or entry.name .. "." .. tostring(field[1]) == name then
        fields[#fields + 1] = { entry = entry, field = field }
      end
    end
  end
  table.move(parts, 1, #parts, #full + 1, full)
  return #full > 0 and full or fields
end

-- Every name that can be asked for, each once, in order.
function api.names()
  local seen, names = {}, {}
  local function add(name)
    if not seen[name] then names[#names + 1] = name end
    seen[name] = true
  end
  for _, name in ipairs(api.subjects) do add(name) end
  for choice, list in next, api.choices() do
    add(choice)
    for _, name in ipairs(list) do
      if api.meaning(name) then add(name) end
    end
  end
  for entry in api.each() do
    add(entry.name)
    add(last_part(entry.name))
    for _, field in ipairs(entry.fields or entry.form or {}) do
      if type(field[1]) == "string" then add(field[1]) end
    end
  end
  table.sort(names)
  return names
end

return api
