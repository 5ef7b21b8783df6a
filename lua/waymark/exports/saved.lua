-- exports/saved: how a file is read, written down as a profile of the workspace: a plugin with one profile, for a
-- person to look at and to change.
--
--   saved.write(space, name, facts, findings) -> { name, path }; raises where a plugin or a profile is called so

local core = require "waymark.core"
local new = require "waymark.plugin.new"
local problem = require "waymark.base.problem"
local check = core.sdk "check"

local saved = {}

local function quoted(text) return ("%q"):format(text):gsub("\\\n", "\\n") end

local function key(name) return name:find "^[%a_][%w_]*$" and name or ("[%s]"):format(quoted(name)) end

local function add(lines, ...) lines[#lines + 1] = (...):format(select(2, ...)) end

-- What was said of odd marks, and those that are no codes of the register, for a person to say what each is.
local function add_marks(lines, findings)
  local given, odd = findings.given, {}
  for _, name in ipairs { "marks", "sub_codes" } do
    local said = {}
    for _, each in ipairs(findings.marks or {}) do
      if given[name] and given[name][each.text] then
        said[#said + 1] = ("      [%s] = %s,"):format(quoted(each.text), quoted(given[name][each.text]))
      end
    end
    if #said > 0 then add(lines, "    %s = {\n%s\n    },", name, table.concat(said, "\n")) end
  end
  for _, each in ipairs(findings.marks or {}) do
    if not each.meaning then odd[#odd + 1] = each.text end
  end
  if #odd == 0 then return end
  add(lines, '    -- Marks that are no codes of the register: write the code that each is, or "" for no mark.')
  add(lines, "    -- marks = {")
  for i = 1, math.min(#odd, 40) do add(lines, '    --   [%s] = "",', quoted(odd[i])) end
  add(lines, "    -- },")
end

local function profile_text(facts, findings)
  local given, lines = findings.given, {}
  add(lines, "-- How %s is read, as `waymark import describe` found it.", (facts.name:gsub("[%c]", "?")))
  add(lines, "return profile {")
  add(lines, "  title = %s,", quoted("Exports like " .. core.escape(facts.name)))
  add(lines, '  confirmed = { "one file, and what was found in it" },')
  add(lines, "  %s = {", findings.kind)
  if findings.shape then add(lines, "    shape = %s,", quoted(findings.shape)) end
  if findings.dates and findings.dates.order then add(lines, "    dates = %s,", quoted(findings.dates.order)) end
  for _, name in ipairs { "encoding", "delimiter", "quoting", "sheet", "records", "starts", "school" } do
    if given[name] then add(lines, "    %s = %s,", name, quoted(given[name])) end
  end
  for _, name in ipairs { "heading", "heading_rows", "weekends" } do
    if given[name] ~= nil then add(lines, "    %s = %s,", name, tostring(given[name])) end
  end
  if #findings.columns > 0 then
    add(lines, "    columns = {")
    for _, each in ipairs(findings.columns) do add(lines, "      %s = %s,", key(each.name), quoted(each.heading)) end
    add(lines, "    },")
  end
  add_marks(lines, findings)
  add(lines, "  },")
  add(lines, "}")
  return table.concat(lines, "\n") .. "\n"
end

local function manifest_text(name)
  return ([[
return {
  name = %s,
  version = "0.1",
  api = 3,
  title = "How our exports are read",
}
]]):format(quoted(name))
end

function saved.write(space, name, facts, findings)
  local fault = check.file_name_fault(name, "--save")
  if fault then problem.raise("%s", fault) end
  if not findings.reading then
    problem.raise("%s is none of marks, pupils and contacts, for which there are profiles; say --as KIND", facts.name)
  end
  new.check(name, space.folder)
  local path = new.write(space.folder, name, { ["plugin.lua"] = manifest_text(name),
    [("profiles/%s.lua"):format(name)] = profile_text(facts, findings) })
  return { name = name, path = path }
end

return saved
