-- frozen: an API level in lines, one for each name: what a plugin may count on. The golden
-- file tests/fixtures/api-1.txt is compared with these.

local frozen = {}

local function field_words(field)
  local words = { tostring(field[1]), ": ", field[2] }
  if field.required then words[#words + 1] = ", needed" end
  if field.least then words[#words + 1] = (", %d to %d"):format(field.least, field.most) end
  if field.grant then words[#words + 1] = ", grant " .. field.grant end
  return table.concat(words)
end

local function given(entry)
  local words = {}
  for i, each in ipairs(entry.gives) do words[i] = type(each) == "table" and each[2] .. ": " .. each[1] or each end
  return #words == 0 and "nothing" or table.concat(words, ", ")
end

-- The fields that came with the level or before it, with the type that they had then.
local function fields_of(list, level)
  local fields = {}
  for _, field in ipairs(list or {}) do
    if (field.since or 1) <= level then
      local old = level == 1 and field.was and setmetatable({ field[1], field.was }, { __index = field })
      fields[#fields + 1] = old or field
    end
  end
  return fields
end

local function add_entry(lines, entry, level)
  local function add(...) lines[#lines + 1] = (...):format(select(2, ...)) end
  if entry.takes then
    local words = {}
    for i, each in ipairs(entry.takes) do words[i] = field_words(each) end
    add("%s(%s) -> %s%s", entry.name, table.concat(words, "; "), given(entry),
      entry.grant and ", grant " .. entry.grant or "")
  end
  for _, field in ipairs(fields_of(entry.form, level)) do add("%s { %s }", entry.name, field_words(field)) end
  local parent = entry.is and " (" .. entry.is .. ")" or ""
  for _, field in ipairs(fields_of(entry.fields, level)) do add("%s%s.%s", entry.name, parent, field_words(field)) end
  for _, name in ipairs(entry.names or {}) do add("lua %s.%s", entry.name, name) end
  if entry.type and not entry.names then add("%s: %s", entry.name, entry.type) end
end

local function add_choice(lines, api, subject, choice, level)
  local names = {}
  for _, name in ipairs(subject.choices[choice]) do
    if api.since_of(subject, choice, name) <= level then names[#names + 1] = name end
  end
  if #names > 0 then lines[#lines + 1] = ("%s is one of: %s"):format(choice, table.concat(names, " ")) end
end

-- The lines of everything that came with `level` or before it, in order.
function frozen.lines(api, level)
  local lines = {}
  for entry, subject in api.each() do
    if subject.where == "plugin" and entry.since <= level then add_entry(lines, entry, level) end
  end
  for _, name in ipairs(api.subjects) do
    local subject = api.subject(name)
    for choice in next, subject.where == "plugin" and subject.choices or {} do
      add_choice(lines, api, subject, choice, level)
    end
  end
  table.sort(lines)
  return lines
end

return frozen
