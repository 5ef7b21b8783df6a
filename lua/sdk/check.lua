-- check: is a table what it should be? One schema language for the tables that
-- people write: manifests, options, steps.
--
-- A schema is { field = { type = "text"|"number"|"integer"|"boolean"|"table"|
-- "function"|"list"|"duration", required =, least =, most =, choices = {…},
-- of = item type, file_name = } }. Every function answers nil, or one sentence that says
-- what is wrong and names the nearest name.
--
--   check.duration(value)      is it what a constructor of durations gives?
--   check.arguments(NAME, …)   of the API's functions that are written in Lua: raises when
--                              what was given is not what the declaration says (api)
--   check.hint(message)        the message of an error, with the nearest name if it is
--                              about a name that is not there
--   check.failure(message)     the same as fields

local core = require "core"
local declared = require "made.fields"
local limits = require "limits"

local check = {}

local function is_integer(value) return math.type(value) == "integer" end

local units = {}
for _, unit in ipairs(declared.choices.unit) do units[unit] = true end

local function plain_duration(value)
  return type(value) == "table" and units[value.unit] and is_integer(value.n) and value.n >= 1 and value.n <= 1000
end

function check.duration(value)
  if not plain_duration(value) then return false end
  local other = value.or_sooner
  return other == nil or plain_duration(other) and other.or_sooner == nil
end

local function is_list(value)
  if type(value) ~= "table" then return false end
  local n = 0
  for key in next, value do
    if math.type(key) ~= "integer" then return false end
    n = n + 1
  end
  return n == #value
end

-- Whether a text can be a name that becomes a file's: of a step, a document, a template, a list
-- for the authority, a digest, a plugin. It is no path, and the same to every file system.
function check.is_file_name(value)
  return type(value) == "string" and #value <= limits.file_name and value:find "^[a-z][a-z0-9_-]*$" ~= nil
end

local tests = {
  text = function(value) return type(value) == "string" end,
  integer = is_integer,
  list = is_list,
  duration = check.duration,
}

local function article(word)
  return (word:find "^[aeiou]" and "an " or "a ") .. word
end

-- The nearest of the schema's names, as the end of a sentence.
function check.did_you_mean(name, names)
  local nearest = core.nearest(name, names)
  return nearest and ('; did you mean "%s"?'):format(nearest) or ""
end

local function in_range(value, field)
  if field.type == "duration" then value = value.n end
  if field.least and value < field.least then return false end
  return not (field.most and value > field.most)
end

-- What was given, for the end of a sentence.
function check.given(value)
  local kind = type(value)
  if kind == "nil" then return "nothing" end
  if kind == "string" then return ('the text "%s"'):format(#value > 40 and value:sub(1, 40) .. "…" or value) end
  if kind == "number" or kind == "boolean" then return tostring(value) end
  return kind == "userdata" and "an object" or article(kind)
end

local function wrong_choice(value, field, name)
  for _, choice in ipairs(field.choices) do
    if value == choice then return nil end
  end
  local is_text = type(value) == "string" and #value <= 40
  return ('"%s" is one of: %s, and not %s%s'):format(name, table.concat(field.choices, ", "),
    is_text and ('"%s"'):format(value) or check.given(value),
    is_text and check.did_you_mean(value, field.choices) or "")
end

-- nil, or a sentence: what is given is no such name.
function check.file_name_fault(value, name)
  if check.is_file_name(value) then return nil end
  return ("%s: %s is not a name (lower-case letters, digits, - and _, at most %d in all)"):format(name,
    check.given(value), limits.file_name)
end

-- nil, or a sentence: a text of at most so many bytes, in UTF-8.
function check.text_fault(text, most, what)
  if type(text) == "string" and #text <= most and utf8.len(text) and not text:find("\0", 1, true) then return nil end
  return ("%s should be a text of at most %d bytes, in UTF-8"):format(what, most)
end

-- nil, or a sentence: a text that people see as a line of a list, and that says something.
function check.line_fault(value, most, what)
  if type(value) == "string" and #value <= most and value:find "%S" and core.escape(value) == value then return nil end
  return ("%s: %s should be one line of at most %d bytes"):format(what, type(value) == "string"
    and ('"%s"'):format(core.escape(value:sub(1, 40))) or check.given(value), most)
end

-- The same of all texts of a table, those in its lists too.
function check.lines_fault(values, most, what)
  for _, name in ipairs(check.names(values)) do
    local value = values[name]
    for _, each in ipairs(type(value) == "table" and value or { value }) do
      local is_text = type(each) == "string" and each ~= ""
      local fault = is_text and check.line_fault(each, most, ("%s: %s"):format(what, name))
      if fault then return fault end
    end
  end
end

-- The object of a method: those of C are userdata, those of Lua tables.
local objects = { calendar = "userdata", pupil = "userdata", evidence = "userdata", case = "table", step = "table",
  road_map = "table" }
local type_words = { integer = "a whole number", evidence = "evidence" }
local examples = { duration = ", such as school_weeks(6)" } -- of what is hard to guess

local function count(value)
  local n = 0
  for _ in next, value do n = n + 1 end
  return n
end

-- One value against one field.
function check.value(value, field, name)
  local test = tests[field.type]
  local good = not field.type or (test and test(value)) or (not test and type(value) == field.type)
  if not good then
    return ('"%s" should be %s%s, not %s'):format(name, article(field.type), examples[field.type] or "",
      check.given(value))
  end
  if (field.least or field.most) and not in_range(value, field) then
    return ('"%s" should be from %s to %s'):format(name, field.least or "any", field.most or "any")
  end
  local too_many = type(value) == "table" and limits.fault("items", count(value), name)
  if too_many then return too_many end
  if field.of then
    for _, item in ipairs(value) do
      local fault = check.value(item, { type = field.of }, name)
      if fault then return ('"%s" is a list, and each item %s'):format(name, article(field.of)) end
    end
  end
  if field.file_name then
    for _, each in ipairs(field.type == "list" and value or { value }) do
      local fault = check.file_name_fault(each, name)
      if fault then return fault end
    end
  end
  return field.choices and wrong_choice(value, field, name)
end

local function argument_fault(each, value)
  if value == nil and each.optional then return nil end
  local object, test = objects[each[2]], tests[each[2]]
  if object and type(value) == object or test and test(value) or not test and type(value) == each[2] then return nil end
  return ('"%s" should be %s, not %s'):format(each[1], type_words[each[2]] or article(each[2]), check.given(value))
end

local checks -- read when something is wrong

function check.arguments(name, ...)
  checks = checks or require "made.checks"
  local takes = checks.takes[name]
  for i, each in ipairs(takes) do
    local value = (select(i, ...))
    local fault = argument_fault(each, value)
    if fault and i == 1 and name:find(":", 1, true) then
      error(("write it with a colon: %s"):format(takes.written), 3)
    end
    if fault then error(("%s: %s"):format(takes.written, fault), 3) end
    local of = each.of and check.value(value, { type = each[2], of = each.of }, each[1])
    if of then error(("%s: %s"):format(takes.written, of), 3) end
  end
end

-- What Lua has and plugins have not.
local withheld = { collectgarbage = true, coroutine = true, debug = true, dofile = true, io = true, load = true,
  loadfile = true, os = true, package = true, xpcall = true }

-- What to do about an argument of the wrong kind that C found.
local function argument_hint(message)
  local place, method, wanted, got =
    message:match "bad argument #(%d+) to '([%w_]+)' %(waymark%.(%w+) expected, got ([%w._ ]+)%)$"
  if wanted == "rule" and got:find "^n" then -- nil, no value
    return "; there is no rule here: is its name right, and does the file that makes it give it out?"
  elseif place == "1" and objects[wanted] then
    return ("; write it with a colon: %s:%s(…)"):format(wanted, method)
  end
end

-- An error of Lua's own with what to do: about a name that is not there, with the nearest that
-- is; about nothing where there should be something; about a dot for a colon.
function check.hint(message)
  local argument = argument_hint(message)
  if argument then return message .. argument end
  local what, name = message:match "attempt to %l+ a nil value %((%l+) '([%w_]+)'%)$"
  if message:find "attempt to index a nil value$" or what and what ~= "global" and what ~= "method"
    and message:find("attempt to index", 1, true) then
    return message .. "; there is nothing: case:last(…) and fields may be nil, so ask first: if x then"
  end
  if not what then return message end
  if what == "global" and withheld[name] then return ("%s; plugins have no %s"):format(message, name) end
  checks = checks or require "made.checks"
  local text, names = checks.names[what], {}
  if not text or text:find(" " .. name .. " ", 1, true) then return message end
  for each in text:gmatch "%S+" do names[#names + 1] = each end
  return message .. check.did_you_mean(name, names)
end

-- What stopped a plugin, as fields: { message, file, line, what, todo, name }. Lua and the SDK
-- begin an error with the file ("essex/steps/x.lua:5: …"); the SDK's sentences have what to do
-- after a semicolon, and what they are about in quotes. Nobody else takes one apart.
function check.failure(message)
  local file, line, sentence = message:match "^([^%s:]+%.lua):(%d+): (.*)$"
  if not file then file, sentence = message:match "^([^%s:]+%.lua): (.*)$" end
  sentence = sentence or message
  local at = sentence:find("; ", 1, true)
  return { message = message, file = file, line = line and math.tointeger(line),
    what = at and sentence:sub(1, at - 1) or sentence, todo = at and sentence:sub(at + 2) or nil,
    name = sentence:match '"([^"]*)"' }
end

-- In a worker `pairs` sorts the keys once, and `next` looks at all of them for each; but a metatable
-- may have a say in `pairs`.
function check.names(schema)
  local names, walk, from = {}, next, schema
  if getmetatable(schema) == nil then walk, from = pairs(schema) end
  for name in walk, from do names[#names + 1] = name end
  if not pcall(table.sort, names) then -- keys of several types
    table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  end
  return names
end

local names_of = setmetatable({}, { __mode = "k" })

-- The same of a table that stays as it is: worked out once.
function check.names_of_schema(schema)
  names_of[schema] = names_of[schema] or check.names(schema)
  return names_of[schema]
end

-- A whole table: unknown fields, missing ones, wrong ones.
function check.fields(value, schema, what)
  if type(value) ~= "table" then return what .. " should be a table of named fields" end
  local names, unknown = check.names_of_schema(schema), {}
  for name in next, value do
    if not schema[name] then unknown[#unknown + 1] = tostring(name) end
  end
  table.sort(unknown)
  if unknown[1] then
    return ('%s has no field "%s"%s'):format(what, unknown[1], check.did_you_mean(unknown[1], names))
  end
  for _, name in ipairs(names) do
    local field = schema[name]
    if value[name] == nil then
      if field.required then return ('%s needs the field "%s"'):format(what, name) end
    else
      local fault = check.value(value[name], field, name)
      if fault then return what .. ": " .. fault end
    end
  end
  return nil
end

return check
