-- types: the declaration as types for the Lua language server: a file for each subject.
--
--   types.files(api) -> { ["pupil.lua"] = text, … }

local types_of = require "make.types_of"

local types = {}

local head = [[
---@meta
-- %s: what the declaration (lua/sdk/api/%s.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

]]

local simple = [[
---A day as text, "2025-09-08".
---@alias waymark.date string
---A session as text, "2025-09-08 AM".
---@alias waymark.session string

]]

local function plain(text) return (text:gsub("\n", " ")) end

local function add(lines, ...) lines[#lines + 1] = (...):format(select(2, ...)) end

local function text_of(entry)
  local text = entry.text
  if entry.grant then text = ("%s Grant: %s."):format(text, entry.grant) end
  if entry.raises then text = ("%s Raises %s."):format(text, entry.raises) end
  return plain(text)
end

local function field_help(field)
  local words = {}
  if field[3] then words[1] = plain(field[3]) end
  if field.least then words[#words + 1] = ("%d to %d"):format(field.least, field.most) end
  if field.default then words[#words + 1] = field.default .. " if absent" end
  if field.grant then words[#words + 1] = "grant " .. field.grant end
  return #words == 0 and "" or " " .. table.concat(words, "; ")
end

local function field_line(field, known, is_form)
  local name = math.type(field[1]) and ("[%d]"):format(field[1]) or field[1]
  local optional = is_form and (not field.required or field.but_for) and not select(2, types_of.optional(field[2]))
  optional = optional and "?" or ""
  local of = types_of.luals(field[2] .. optional, known)
  return ("---@field %s %s%s"):format(name, of, field_help(field))
end

local function class_lines(lines, entry, known, name, fields, is_form)
  add(lines, "---%s", text_of(entry))
  local parent = entry.is and not is_form and " : waymark." .. entry.is:gsub(" fields$", "_fields") or ""
  add(lines, "---@class waymark.%s%s", name, parent)
  for _, field in ipairs(fields) do lines[#lines + 1] = field_line(field, known, is_form) end
  if entry.items then add(lines, "---@field [integer] %s", types_of.luals(entry.items, known)) end
  if entry.open then add(lines, "---@field [string] any") end
  if entry.loose then add(lines, "---@field [any] any") end
end

local function function_lines(lines, entry, known, name)
  local names = {}
  add(lines, "---%s", text_of(entry))
  for i, each in ipairs(entry.takes) do
    local rest = each[2]:match "^(.*)%.%.%.$"
    names[i] = rest and "..." or each[1]
    add(lines, "---@param %s %s%s", names[i], types_of.luals(rest or each[2], known), field_help(each))
  end
  for _, each in ipairs(entry.gives) do
    local given, called = type(each) == "table" and each[1] or each, type(each) == "table" and " " .. each[2] or ""
    add(lines, "---@return %s%s", types_of.luals(given, known), called)
  end
  if entry.where == "settings" and entry.name == "staff" then
    add(lines, "---@diagnostic disable-next-line: duplicate-set-field")
  end
  add(lines, "function %s(%s) end\n", name, table.concat(names, ", "))
end

local function choice_lines(lines, subject)
  local names = {}
  for name in next, subject.choices or {} do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local words = {}
    for i, each in ipairs(subject.choices[name]) do words[i] = ("%q"):format(each) end
    add(lines, "---@alias waymark.%s %s", name, table.concat(words, "|"))
  end
  if #names > 0 then add(lines, "") end
end

-- A class, and its methods on a local of its name, but where a function is called so.
local function class_and_methods(lines, subject, entry, known, taken)
  class_lines(lines, entry, known, entry.name, entry.fields)
  local object = (taken[entry.name] and "a_" or "") .. entry.name
  add(lines, "local %s = {}\n", object)
  for _, each in ipairs(subject.entries) do
    local method = each.name:match("^" .. entry.name .. ":(.+)$")
    if method then function_lines(lines, each, known, object .. ":" .. method) end
  end
end

local function value_lines(lines, entry, known)
  add(lines, "---%s", text_of(entry))
  add(lines, "---@type %s", types_of.luals(entry.type, known))
  add(lines, "%s = %s\n", entry.name, entry.name == "today" and "nil" or "{}")
end

local function subject_text(subject, known, first)
  local lines, taken, made = {}, {}, {}
  for _, entry in ipairs(subject.entries) do taken[entry.name] = taken[entry.name] or entry.takes ~= nil end
  choice_lines(lines, subject)
  for _, entry in ipairs(subject.entries) do
    local library = entry.name:match "^([^.:]+)%."
    if library and not taken[library] and not made[library] then
      made[library], taken[library] = true, true
      add(lines, "%s = {}\n", library)
    end
    if entry.form then
      class_lines(lines, entry, known, entry.kind == "form" and entry.name or entry.name .. "_fields", entry.form, true)
      add(lines, "")
    end
    if entry.class then class_and_methods(lines, subject, entry, known, taken) end
    if entry.kind == "function" or entry.kind == "constructor" then function_lines(lines, entry, known, entry.name) end
    if entry.kind == "value" and not entry.names then value_lines(lines, entry, known) end
  end
  local text = table.concat(lines, "\n"):gsub("\n+$", "\n")
  return head:format(subject.title, (subject.name:gsub("-", "_"))) .. (first and simple or "") .. text
end

function types.files(api)
  local known, files = types_of.known(api), {}
  for i, name in ipairs(api.subjects) do
    if name ~= "templates" and name ~= "lua" then
      files[name:gsub("-", "_") .. ".lua"] = subject_text(api.subject(name), known, i == 1)
    end
  end
  return files
end

return types
