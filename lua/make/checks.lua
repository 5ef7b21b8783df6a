-- checks: what the SDK checks with, out of the declaration: lua/sdk/made/fields.lua, which
-- every worker reads, and made/checks.lua, which is read when something is wrong.

local types_of = require "make.types_of"

local checks = {}

local fields_head = [[
-- made/fields: the API level, and how tables that people write are checked. Made from the
-- declaration (api) by `make api`; do not edit it.
--
--   fields   by table: a schema of check.lua
--   choices  by type: the names that it can be
--   grants   by object: its fields that need a grant, in order; and the grant, by name
--   newer    what came after level 1, with its level: globals; fields, by table; names of
--            closed lists, by type

return {
  level = %d,
]]

local checks_head = [[
-- made/checks: how arguments are checked. Made from the declaration (api) by `make api`;
-- do not edit it.
--
--   takes    by function: its parameters { name, type, optional = }, and how it is written
--   names    what there is, for the nearest name, in texts: globals, methods, fields of
--            libraries

return {
]]

local function key(name) return name:find "^%a[%w_]*$" and name ~= "end" and name or ("[%q]"):format(name) end

-- Its named fields, in order.
local function sorted(set)
  local names = {}
  for name in next, set do
    if type(name) == "string" then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function inline(value)
  if type(value) ~= "table" then return type(value) == "string" and ("%q"):format(value) or tostring(value) end
  local words = {}
  for i, each in ipairs(value) do words[i] = inline(each) end
  for _, name in ipairs(sorted(value)) do words[#words + 1] = key(name) .. " = " .. inline(value[name]) end
  return #words == 0 and "{}" or "{ " .. table.concat(words, ", ") .. " }"
end

-- A text in lines of at most 110 bytes.
local function long_text(name, text, indent)
  local lines, line = { ("%s%s ="):format(indent, key(name)) }, indent .. '  "'
  for word in text:gmatch "%S+" do
    if #line + #word > 110 then
      lines[#lines + 1], line = line .. ' "', indent .. '  .. "'
    end
    line = line .. " " .. word
  end
  lines[#lines + 1] = line .. ' ",'
  return table.concat(lines, "\n")
end

-- A line of at most 110 bytes, or one item a line.
local function laid_out(name, value, indent)
  local line = ("%s%s = %s,"):format(indent, key(name), inline(value))
  if #line <= 110 then return line end
  if type(value) == "string" then return long_text(name, value, indent) end
  local lines, inner = { indent .. key(name) .. " = {" }, indent .. "  "
  local row = ""
  for _, each in ipairs(value) do
    local word = inline(each) .. ","
    if #inner + #row + #word > 110 then
      lines[#lines + 1], row = inner .. row, ""
    end
    row = row == "" and word or row .. " " .. word
  end
  if row ~= "" then lines[#lines + 1] = inner .. row end
  for _, each in ipairs(sorted(value)) do lines[#lines + 1] = laid_out(each, value[each], inner) end
  lines[#lines + 1] = indent .. "},"
  return table.concat(lines, "\n")
end

-- Parameters; of a method the object comes first, under its own name.
local function taken(entry, choices, written)
  local takes = { written = written(entry) }
  local object = entry.name:match "^([^:]+):"
  if object then takes[1] = { object, object } end
  for _, each in ipairs(entry.takes) do
    local name, optional = types_of.optional((each[2]:gsub("%.%.%.$", "?")))
    local schema = types_of.schema(name, choices)
    takes[#takes + 1] = { each[1], schema.type or name, of = schema.of, optional = optional or nil }
  end
  return takes
end

local function schema_of(form, choices)
  local schema = {}
  for _, field in ipairs(form) do
    local each = types_of.schema(field[2], choices)
    for _, name in ipairs { "required", "least", "most", "told", "file_name" } do each[name] = field[name] end
    schema[field[1]] = each
  end
  return schema
end

local function block(name, set)
  local lines = { "  " .. name .. " = {" }
  for _, each in ipairs(sorted(set)) do lines[#lines + 1] = laid_out(each, set[each], "    ") end
  lines[#lines + 1] = "  },"
  return table.concat(lines, "\n")
end

-- By the words that Lua's own errors have for them.
local function names_of(api)
  local sets, names = { global = {}, method = {}, field = {} }, {}
  for entry in api.each() do
    if entry.where == "plugin" and (entry.takes or entry.type) then
      local kind = entry.kind == "method" and "method" or entry.name:find(".", 1, true) and "field" or "global"
      sets[kind][entry.name:match "[^.:]+$"] = true
    end
    for _, name in ipairs(entry.names or {}) do sets[entry.name == "_G" and "global" or "field"][name] = true end
  end
  sets.global._G = nil
  sets.global.date = true
  for kind, set in next, sets do names[kind] = " " .. table.concat(sorted(set), " ") .. " " end
  return names
end

-- The closed lists that Lua checks with; the others C knows, or a schema has.
local used = { "event_kind", "field_type", "grant", "item_subject", "kind", "principle", "role", "sends", "unit" }

local function newer_fields(entry, newer)
  for _, field in ipairs(entry.form or {}) do
    if field.since and field.since > entry.since then
      newer[entry.name] = newer[entry.name] or {}
      newer[entry.name][field[1]] = field.since
    end
  end
end

-- What came after level 1.
local function newer_of(api)
  local newer = { globals = {}, fields = {}, choices = {} }
  for entry in api.each() do
    local is_global = entry.where == "plugin" and entry.takes and not entry.name:find "[.:]"
    if is_global and entry.since > 1 then newer.globals[entry.name] = entry.since end
    newer_fields(entry, newer.fields)
  end
  for _, name in ipairs(api.subjects) do
    for choice, names in next, api.subject(name).newer or {} do newer.choices[choice] = names end
  end
  return newer
end

-- { "upn", …, upn = "pupil.upn" }
local function grants_of(entry)
  local grants = {}
  for _, field in ipairs(entry.fields) do
    if field.grant then grants[#grants + 1], grants[field[1]] = field[1], field.grant end
  end
  return grants
end

function checks.fields_text(api)
  local fields, choices, lists = {}, api.choices(), {}
  local grants = {}
  for _, name in ipairs(used) do lists[name] = choices[name] end
  for entry in api.each() do
    if entry.class and entry.name == "pupil" then grants.pupil = grants_of(entry) end
    if entry.in_lua and entry.form then fields[entry.name] = schema_of(entry.form, choices) end
    if entry.crosses then
      fields[entry.name] = schema_of(entry.fields, choices)
      for _, field in ipairs(entry.fields) do
        fields[entry.name][field[1]].required = not select(2, types_of.optional(field[2])) or nil
      end
    end
  end
  return fields_head:format(api.level) .. block("fields", fields) .. "\n" .. block("choices", lists) .. "\n"
    .. block("grants", grants) .. "\n"
    .. block("newer", newer_of(api)) .. "\n}\n"
end

function checks.takes_text(api)
  local takes, choices = {}, api.choices()
  for entry in api.each() do
    if entry.in_lua and entry.takes then takes[entry.name] = taken(entry, choices, api.written) end
  end
  return checks_head .. block("takes", takes) .. "\n" .. block("names", names_of(api)) .. "\n}\n"
end

return checks
