-- mail/template: the text of a message with places to fill in (waymark.mustache). A plugin
-- keeps it as templates/NAME.txt:
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
local mustache = require "waymark.mustache"

local template = {}

-- {{each}} … {{end}} are a section of the items.
local function each_to_section(tag)
  if tag.kind ~= "value" then return end
  if tag.name == "each" then tag.kind = "section" end
  if tag.name == "end" then tag.kind, tag.name = "close", "each" end
end

-- partials(name) -> text, path | nil. -> template | nil, what is wrong
function template.parse(text, path, partials)
  local has_each = false
  local parsed, fault = mustache.parse(text:gsub("\r\n?", "\n"), path, function(tag)
    each_to_section(tag)
    has_each = has_each or tag.kind == "section" and tag.name == "each"
  end)
  if not parsed then return nil, fault end
  return { parsed = parsed, has_each = has_each, partials = partials }
end

-- { ["pupil.name"] = value } as a view: tables in tables.
local function add_names(view, flat)
  for name, value in next, flat do
    local place, last = view, nil
    for part in name:gmatch "[^.]+" do
      if last then
        if type(place[last]) ~= "table" then place[last] = { [mustache.own] = place[last] } end
        place = place[last]
      end
      last = part
    end
    if type(place[last]) == "table" then
      place[last][mustache.own] = value
    else
      place[last] = value
    end
  end
  return view
end

-- nil, or which place cannot be filled in. `shared` and `own` are sets of names: of the
-- message, and of one item.
function template.fault(parsed, shared, own)
  local known = add_names({}, shared)
  local item = add_names({}, own)
  if parsed.has_each then
    known.each = { item }
  else
    for name, value in next, item do known[name] = value end
  end
  return (mustache.fault(parsed.parsed, { known = known, partials = parsed.partials }))
end

-- A value as it is shown: no controls; a text keeps its lines.
local function shown(value)
  local lines = {}
  for line in (tostring(value) .. "\n"):gmatch "([^\n]*)\n" do lines[#lines + 1] = core.escape(line) end
  return table.concat(lines, "\n")
end
template.shown = shown

local function filled(parsed, view)
  return shown(assert(mustache.render(parsed.parsed, view, { escape = tostring, partials = parsed.partials })))
end

-- Fill in: `shared` and each of `items` give values by name.
function template.text(parsed, shared, items)
  local texts, view = {}, add_names({}, shared)
  if parsed.has_each then
    view.each = {}
    for i, own in ipairs(items) do view.each[i] = add_names({}, own) end
    return filled(parsed, view)
  end
  for i, own in ipairs(items) do texts[i] = filled(parsed, add_names(add_names({}, shared), own)) end
  return table.concat(texts, "\n")
end

return template
