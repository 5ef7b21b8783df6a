-- manual: the declaration of the API (lua/sdk/api) as people read it in a terminal:
-- one entry, one subject, the list of subjects. Read only when somebody asks.
--
--   manual.subjects(width)      -> lines
--   manual.about(name, width)   -> lines | nil, message that names the nearest
--   manual.found(name)          -> entries as plain tables, for --format json | nil, where it has none
--   manual.complete(text, env)  -> what can stand in place of a half-written name

local core = require "waymark.core"
local paths = require "waymark.base.paths"
local tables = require "waymark.base.tables"
local words = require "waymark.manual.words"
local base_words = require "waymark.base.words"
local api = core.sdk "api"
local check = core.sdk "check"
local limits = core.sdk "limits"

local manual = {}

local function add(lines, ...)
  for _, line in ipairs { ... } do lines[#lines + 1] = line end
end

local function add_text(lines, text, width, indent)
  for _, line in ipairs(base_words.wrap(text, width, indent)) do add(lines, line) end
end

local function add_rows(lines, rows, width)
  for _, line in ipairs(base_words.rows(rows, width)) do add(lines, line) end
end

local scopes = { plugin = "in plugins", script = "in scripts", settings = "in waymark.lua" }

local function where(entry)
  if entry.subject == "durations" then return "in plugins and in waymark.lua" end
  return entry.script and entry.where == "plugin" and "in plugins and in scripts" or scopes[entry.where]
end

local function plain(text) return (text:gsub("`", "")) end

local function field_rows(fields, is_form)
  local rows = {}
  for i, field in ipairs(fields) do
    local help = words.field_help(field)
    local name = math.type(field[1]) and ("[%d]"):format(field[1]) or field[1]
    rows[i] = { name, plain(words.field_type(field, is_form) .. (help ~= "" and ": " .. help or "")) }
  end
  return rows
end

local function parameters(entry)
  local rows = {}
  for _, each in ipairs(entry.takes or {}) do
    if each[3] or not entry.form then
      rows[#rows + 1] = { each[1], words.type((each[2]:gsub("%.%.%.$", ""))) .. (each[3] and ": " .. each[3] or "") }
    end
  end
  return rows
end

local function choice_lines(lines, entry, width)
  local subject = api.subject(entry.subject)
  for _, name in ipairs(check.names(subject.choices or {})) do
    local used = false
    for _, list in ipairs { entry.takes or {}, entry.fields or {}, entry.form or {} } do
      for _, each in ipairs(list) do used = used or each[2]:find("%f[%w_]" .. name .. "%f[^%w_]") end
    end
    if used then add_text(lines, name .. ": one of " .. table.concat(subject.choices[name], ", "), width, "  ") end
  end
end

-- "pupil:rolling(rule) gives rolling_evidence"
local function heading(entry)
  local line = entry.class and entry.name .. ", an object" or api.written(entry)
  if entry.takes and #entry.gives > 0 then return line .. " gives " .. words.gives(entry) end
  if entry.type and not entry.names then return line .. ": " .. words.type(entry.type) end
  return line
end

local function methods_of(entry)
  local names = {}
  for each in api.each() do
    if entry.class and each.name:find("^" .. entry.name .. ":") then names[#names + 1] = api.written(each) end
  end
  return names
end

local function entry_lines(lines, entry, width)
  add(lines, heading(entry))
  add_text(lines, plain(entry.text), width, "  ")
  if entry.raises then add_text(lines, "Raises " .. entry.raises .. ".", width, "  ") end
  add_rows(lines, parameters(entry), width)
  add_rows(lines, field_rows(entry.form or entry.fields or {}, entry.form), width)
  if entry.names then add_text(lines, table.concat(entry.names, " "), width, "  ") end
  choice_lines(lines, entry, width)
  local methods = methods_of(entry)
  if #methods > 0 then add_text(lines, "Methods: " .. table.concat(methods, ", "), width, "  ") end
  local grant = entry.grant and ("grant %s; "):format(entry.grant) or ""
  add(lines, ("  (%s%s; since API level %d)"):format(grant, where(entry), entry.since))
  add(lines, "", "  Example:")
  for line in (entry.example .. "\n"):gmatch "(.-)\n" do add(lines, line == "" and "" or "    " .. line) end
end

local function subject_lines(subject, width)
  local lines, rows = { subject.title }, {}
  add_text(lines, plain(subject.about), width, "  ")
  add(lines, "")
  for _, entry in ipairs(subject.entries) do
    rows[#rows + 1] = { entry.class and entry.name .. " (object)" or api.written(entry), plain(entry.text) }
  end
  add_rows(lines, rows, width)
  for _, entry in ipairs(subject.entries) do
    if entry.takes then
      add(lines, "", "One of them: waymark help " .. entry.name)
      break
    end
  end
  return lines
end

function manual.subjects(width)
  local lines, rows = { "What plugins, scripts and settings can use, by subject:", "" }, {}
  for _, name in ipairs(api.subjects) do
    rows[#rows + 1] = { name, plain(api.subject(name).about:match "^(.-[.:])%f[%s\0]"):gsub(":$", ".") .. "" }
  end
  add_rows(lines, rows, width)
  add(lines, "", "A subject, or one name in it: waymark help pupil, waymark help pupil:rolling",
    "What a plugin may see and ask for: waymark help rights; an event: waymark help suggestion.made",
    "How much it may declare and cause: waymark help limits; specs of a plugin: waymark help kit",
    "The commands: waymark --help")
  local folder = paths.manual()
  if folder then
    add(lines, "The manual, as pages to read, in " .. folder .. ":",
      "  start.md      your first term, task by task", "  files.md      every column of every file",
      "  commands.md   every command with an example", "  contracts.md  what other programs may rely on",
      "  api.md        these subjects on one page")
  end
  return lines
end

-- "pupil:rolling()", "pupil.rolling" and "rolling { }" are asked for as the entry is written.
local function asked(name)
  name = name:gsub("%s*[({].*$", "")
  if #api.find(name) > 0 then return name end
  local colon = name:gsub("%.", ":")
  return #api.find(colon) > 0 and colon or name
end

-- The fields of that name; those that are said alike are said once.
local function found_fields(lines, found)
  local by_words, order = {}, {}
  for _, each in ipairs(found) do
    local row = field_rows({ each.field }, each.entry.form)[1]
    if not by_words[row[2]] then order[#order + 1] = { name = row[1], words = row[2], owners = {} } end
    by_words[row[2]] = by_words[row[2]] or order[#order].owners
    local owner = each.entry.name .. (each.entry.form and each.entry.takes and " { }" or "")
    table.insert(by_words[row[2]], owner)
  end
  for i, each in ipairs(order) do
    if i > 1 then add(lines, "") end
    add(lines, ("%s, a field of %s"):format(each.name, table.concat(each.owners, ", ")))
    add_text(lines, each.words, 80, "  ")
  end
end

local function found_entries(lines, found, width)
  for i, each in ipairs(found) do
    if i > 1 or #lines > 0 then add(lines, "") end
    entry_lines(lines, each.entry, width)
  end
end

local function limit_lines(width)
  local lines, rows = { "What one plugin may declare and cause, at most:", "" }, {}
  for i, each in ipairs(limits.list) do rows[i] = { base_words.number(each[2]), each[3] } end
  add_rows(lines, rows, width)
  add(lines, "", "What is over one of these stops the plugin, the step or the hook, and is said with the limit.")
  add_text(lines, ("Of a case it is told of the latest entries that fit into %s bytes."):format(
    base_words.number(core.store.case_most)), width)
  return lines
end

-- A name of a closed list that means something, with how it is written.
local written_as = { event_kind = 'on("%s", function(event, pupil) … end)', grant = 'reads = { "%s" }',
  sends = 'sends = { "%s" }' }

local function add_meaning(lines, name, width)
  local text, choice = api.meaning(name)
  if not text then return end
  if #lines > 0 then add(lines, "") end
  add_text(lines, ("%s, %s: %s"):format(name, choice == "event_kind" and "an event" or "a right", text), width)
  add(lines, "  " .. written_as[choice]:format(name))
end

-- Every right, in words.
local function rights_lines(width)
  local lines = {}
  for _, choice in ipairs { "grant", "sends" } do
    local rows = {}
    for i, name in ipairs(api.choices()[choice]) do rows[i] = { name, (api.meaning(name)) } end
    if choice == "sends" then add(lines, "") end
    add(lines, choice == "grant" and "What a plugin may see of pupils (reads, and consults for one pupil at a time):"
      or "What it may ask for (sends):")
    add_rows(lines, rows, width)
  end
  return lines
end

-- The school that a spec of a plugin makes up, as plugins/README.md has it in full.
local function kit_lines(width)
  local lines = {}
  add(lines, ('local kit = require "%s", in plugins/NAME/spec/…_spec.lua; run by: waymark plugin test NAME'):format(
    "waymark.kit"))
  add_rows(lines, {
    { "kit.school { … }", "a school to try a plugin on: use, day, years, staff, settings, plugins, and pupils" },
    { 'kit.pupil "Ada" { … }', 'weeks such as "2025-09-08: // NN /- // //", dob, year, form, sex, sen, fsm, contacts' },
    { "kit.golden(NAME, VALUE)", "compares with spec/golden/NAME; plugin test --update writes it" },
    { "kit.years", "the year blocks that a school has if it says nothing" },
    { "school:on(DAY)", "looks at it on that day; school:now() is its time" },
    { "school:mark(WHO, WEEK, …)", "marks that are amended, or come later" },
    { "school:import(KIND, FILE, TEXT)", "takes in a file: its report; school:marks(WHO) the marks that came" },
    { "school:suggested([WHO])", "what is suggested; school:steps(WHO) the steps alone; nothing is recorded" },
    { "school:suggest([WHO])", "the same, recorded, and hooks are told" },
    { "school:explain(WHO, STEP)", "why, or why not" },
    { "school:calls()", "how often each step was asked" },
    { "school:record(WHO, STEP, { … })", "what people do; also bypass, not_now, hold(WHO, …), record_school(STEP, …)" },
    { "school:consult(WHO, STEP, WHAT)", "complete, checklist, routes or fills, asked of a step" },
    { "school:entries(WHO)", "what was recorded; school:contacts(WHO), school:upn(WHO)" },
    { "school:events([KIND])", "what happened; school:effects() what hooks asked for" },
    { "school:run(WORD, …)", "any command: { status, out, err }; school:close() removes it all" },
  }, width)
  return lines
end

-- What is asked for by name, and is no subject of the API.
local topics = { limits = limit_lines, rights = rights_lines, kit = kit_lines }

local function unknown(name)
  local names = api.names()
  for topic in next, topics do names[#names + 1] = topic end
  table.sort(names)
  return ('the manual has nothing called "%s"%s; the subjects: waymark help'):format(core.escape(name),
    check.did_you_mean(name, names):gsub("^; d", " (d"):gsub("%?$", "?)"))
end

function manual.about(name, width)
  if topics[name] then return topics[name](width) end
  local lines = tables.has(api.subjects, name) and subject_lines(api.subject(name), width) or {}
  local names = api.choices()[name]
  if names then add_text(lines, ("%s is one of: %s"):format(name, table.concat(names, ", ")), width) end
  local is_known, found = #lines > 0, api.find(asked(name))
  add_meaning(lines, name, width)
  if #found > 0 and found[1].field then
    if not is_known and #lines > 0 then add(lines, "") end
    if not is_known then found_fields(lines, found) end
  else
    found_entries(lines, found, width)
  end
  if #lines == 0 then return nil, unknown(name) end
  return lines
end

-- As JSON ---------------------------------------------------------------------------

local function plain_fields(fields, grants)
  local list = core.array {}
  for i, each in ipairs(fields) do
    local inner = each[2]:gsub("%.%.%.$", "")
    list[i] = { name = tostring(each[1]), type = inner:gsub("%?$", "") .. "", optional = each[2]:find "[?.]$" and true
      or (grants and not each.required) or nil, help = each[3], required = each.required, least = each.least,
      most = each.most, default = each.default, grant = each.grant }
  end
  return list
end

local function plain_entry(entry)
  local gives
  for i, each in ipairs(entry.gives or {}) do
    gives = gives or core.array {}
    gives[i] = type(each) == "table" and { type = each[1], name = each[2] } or { type = each }
  end
  return { name = entry.name, subject = entry.subject, kind = entry.kind, where = entry.where, scripts = entry.script,
    since = entry.since, takes = entry.takes and plain_fields(entry.takes), gives = gives, type = entry.type,
    fields = (entry.form or entry.fields) and plain_fields(entry.form or entry.fields, entry.form ~= nil),
    names = entry.names and core.array(entry.names), text = entry.text, raises = entry.raises, grant = entry.grant,
    example = entry.example }
end

-- Without a name everything.
function manual.found(name)
  local list = core.array {}
  for entry in api.each() do
    if not name or entry.subject == name then list[#list + 1] = plain_entry(entry) end
  end
  if #list > 0 then return list end
  local seen = {}
  for _, each in ipairs(api.find(asked(name))) do
    if not seen[each.entry] then list[#list + 1] = plain_entry(each.entry) end
    seen[each.entry] = true
  end
  return #list > 0 and list or nil
end

-- Completion -------------------------------------------------------------------------

local function add_matches(list, seen, prefix, start, name)
  if type(name) ~= "string" or name:sub(1, #start) ~= start or not name:find "^[%a_][%w_]*$" then return end
  if not seen[name] then list[#list + 1] = prefix .. name end
  seen[name] = true
end

-- The fields of the plain tables on the way: england.na -> england; nothing is called.
local function table_at(env, path)
  local value = env
  for name in path:gmatch "[^.]+" do
    if type(value) ~= "table" then return nil end
    local inner = rawget(value, name)
    if inner == nil and value == env then inner = rawget(_G, name) end
    value = inner
  end
  return type(value) == "table" and value or nil
end

local function add_declared(list, seen, before, sign, start)
  for entry in api.each() do
    if sign == ":" and entry.kind == "method" and (entry.script or entry.where == "script") then
      add_matches(list, seen, before .. sign, start, entry.name:match "[^:]+$")
    end
    for _, field in ipairs(sign == "." and entry.script and entry.class and entry.fields or {}) do
      add_matches(list, seen, before .. sign, start, field[1])
    end
  end
end

-- What `text`, the half-written name before the cursor, can become, in order.
function manual.complete(text, env)
  local list, seen = {}, {}
  local before, sign, start = text:match "^(.-)([.:])([%w_]*)$"
  local inner = before and table_at(env, before)
  if not before then
    for _, each in ipairs { env, _G } do
      for name in next, each do add_matches(list, seen, "", text, name) end
    end
    add_matches(list, seen, "", text, "help")
  elseif inner then
    for name in next, inner do add_matches(list, seen, before .. sign, start, name) end
  else
    add_declared(list, seen, before, sign, start)
  end
  table.sort(list)
  return list
end

return manual
