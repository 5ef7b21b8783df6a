-- types_of: a type of the declaration (lua/sdk/api) in parts, and what it is called
-- elsewhere.
--
--   types_of.optional("date?")   -> "date", true
--   types_of.luals("list of text", known)  -> "string[]"
--   types_of.schema("list of text", choices) -> { type = "list", of = "text" }: see
--   lua/sdk/check.lua

local types_of = {}

local plain = { text = "string", integer = "integer", number = "number", boolean = "boolean", table = "table",
  ["function"] = "function", any = "any", ["nil"] = "nil", date = "waymark.date", session = "waymark.session" }

-- The "?" of a function's answer is the answer's own: "function(): text?".
function types_of.optional(name)
  local inner = name:match(name:find "^function%(" and "^(.*%?)%?$" or "^(.*)%?$")
  return inner or name, inner ~= nil
end

-- The parts of "A|B" at its own level.
local function alternatives(name)
  local list = {}
  if name:find "^function%(" then return { name } end
  for part in name:gmatch "[^|]+" do list[#list + 1] = part end
  return list
end

local function function_type(name, known)
  local inside, gives = name:match "^function%((.-)%):%s*(.+)$"
  local words = {}
  for each in inside:gmatch "[^,%s]+" do
    local given, optional = types_of.optional(each)
    local argument = plain[given] and "items" or given
    words[#words + 1] = ("%s: %s%s"):format(argument, types_of.luals(given, known), optional and "?" or "")
  end
  return ("fun(%s): %s"):format(table.concat(words, ", "), types_of.luals(gives, known))
end

local function one(name, known)
  local list, map = name:match "^list of (.+)$", name:match "^map of (.+)$"
  if list then return types_of.luals(list, known) .. "[]" end
  if map then return ("table<string, %s>"):format(types_of.luals(map, known)) end
  if name:find "^function%(" then return function_type(name, known) end
  if plain[name] then return plain[name] end
  local form = name:match "^(%S+) fields$"
  if not known[name] then error('the declaration has no type "' .. name .. '"') end
  return "waymark." .. (form and form .. "_fields" or name)
end

-- For the Lua language server. `known` is the set of names of classes, forms and choices.
function types_of.luals(name, known)
  local inner, optional = types_of.optional(name)
  local list = alternatives(inner)
  for i, each in ipairs(list) do list[i] = one(each, known) end
  local text = table.concat(list, "|")
  if not optional then return text end
  if text:find "^fun" then return "(" .. text .. ")?" end
  return text .. (#list > 1 and "|nil" or "?")
end

local checked = { text = true, integer = true, number = true, boolean = true, table = true, ["function"] = true,
  duration = true }

-- As lua/sdk/check.lua takes it; `choices` are the closed lists. What is not a plain value
-- is checked where it is used: there it is {}.
function types_of.schema(name, choices)
  local inner = types_of.optional(name)
  if checked[inner] then return { type = inner } end
  if inner == "date" then return { type = "text", day = true } end
  if choices[inner] then return { type = "text", choices = choices[inner] } end
  if inner:find "^function%(" then return { type = "function" } end
  if inner:find " fields$" or inner:find "^map of " then return { type = "table" } end
  local item = inner:match "^list of (.+)$"
  if not item then return {} end
  return { type = "list", of = (checked[item] and item) or (choices[item] and "text") or nil }
end

-- The names of all types that the declaration makes, as a set.
function types_of.known(api)
  local known = {}
  for name in next, api.choices() do known[name] = true end
  for entry in api.each() do
    if entry.class or entry.kind == "form" then known[entry.name] = true end
    if entry.form then known[entry.name .. " fields"] = true end
  end
  return known
end

return types_of
