-- template: the text of a message with places to fill in. A plugin keeps it as
-- templates/NAME.txt:
--
--   Good morning {{recipient}},
--   {{each}}
--   {{pupil.name}}, {{pupil.form}}: {{why}}
--   {{end}}
--
-- What stands between {{each}} and {{end}} is said of each item of a digest, the rest
-- once. Without them all of it is about one item. A place that is not known is an
-- error, with the nearest.

local core = require "waymark.core"
local check = core.sdk "check"

local template = {}

-- Texts and places ({ name = }) in turn.
local function parts_of(text)
  local parts, at = {}, 1
  for before, name, after in text:gmatch "()%{%{%s*([%w_.]+)%s*%}%}()" do
    parts[#parts + 1] = text:sub(at, before - 1)
    parts[#parts + 1] = { name = name }
    at = after
  end
  parts[#parts + 1] = text:sub(at)
  return parts
end

-- -> { all = parts } or { head =, each =, tail = parts }
function template.parse(text)
  text = text:gsub("\r\n?", "\n")
  local head, each, tail = text:match "^(.-){{%s*each%s*}}[ \t]*\n?(.-){{%s*end%s*}}[ \t]*\n?(.*)$"
  if not head then return { all = parts_of(text) } end
  return { head = parts_of(head), each = parts_of(each), tail = parts_of(tail) }
end

local function parts_fault(parts, known)
  local names = check.names(known)
  for _, part in ipairs(parts or {}) do
    if type(part) == "table" and not known[part.name] then
      return ('there is nothing to fill in for "{{%s}}"%s'):format(part.name, check.did_you_mean(part.name, names))
    end
  end
end

-- nil, or which place cannot be filled in. `shared` and `own` are sets of names: of the
-- message, and of one item.
function template.fault(parsed, shared, own)
  local both = {}
  for _, set in ipairs { shared, own } do
    for name in next, set do both[name] = true end
  end
  return parts_fault(parsed.all or parsed.each, both) or parts_fault(parsed.head, shared)
    or parts_fault(parsed.tail, shared)
end

-- A value as it is shown: no controls; a text keeps its lines.
local function shown(value)
  local lines = {}
  for line in (tostring(value) .. "\n"):gmatch "([^\n]*)\n" do lines[#lines + 1] = core.escape(line) end
  return table.concat(lines, "\n")
end
template.shown = shown

local function filled(parts, shared, own)
  local texts = {}
  for i, part in ipairs(parts) do
    if type(part) == "string" then
      texts[i] = shown(part)
    else
      local value = own and own[part.name]
      if value == nil then value = shared[part.name] end
      texts[i] = value == nil and "" or shown(value)
    end
  end
  return table.concat(texts)
end

-- Fill in: `shared` and each of `items` give values by name.
function template.text(parsed, shared, items)
  local texts = {}
  for i, own in ipairs(items) do texts[i] = filled(parsed.all or parsed.each, shared, own) end
  if parsed.all then return table.concat(texts, "\n") end
  return filled(parsed.head, shared) .. table.concat(texts) .. filled(parsed.tail, shared)
end

return template
