-- page: the declaration as a page of the manual, lua/manual/api.md.

local api_words = require "waymark.manual.words"
local wrap = require "waymark.base.words".wrap

local page = {}

local head = [[
<!-- Made from lua/sdk/api by `make api`; do not edit it here. -->

# What plugins and scripts can ask

Plugins get this inside the worker, with the fields that they were granted. Scripts get pupils with
every field. `waymark help NAME` shows the same, with an example: `waymark help pupil:rolling`; in the
REPL it is `?rolling`. What came with a later API level says so.
]]

local function cell(text) return (text:gsub("|", "\\|")) end

local function add(lines, ...) lines[#lines + 1] = (...):format(select(2, ...)) end

-- What has a line of its own: functions, constructors, values.
local function calls(api, lines, subject)
  local any, raised = false, nil
  for _, entry in ipairs(subject.entries) do
    if entry.takes or entry.type then
      if not any then add(lines, "| | gives | |\n|---|---|---|") end
      any = true
      local gives = entry.takes and api_words.gives(entry) or entry.names and "" or api_words.type(entry.type)
      local names = entry.names and ": `" .. table.concat(entry.names, " ") .. "`" or ""
      local raises = entry.raises and entry.raises ~= raised and " Raises " .. entry.raises .. "." or ""
      raised = entry.raises
      local text = names ~= "" and entry.text:gsub("%.$", "") .. names or entry.text .. raises
      add(lines, "| `%s` | %s | %s |", api.written(entry), cell(gives), cell(text))
    end
  end
  if any then add(lines, "") end
end

-- Fields that several owners have alike are one row, and so are those of the same owners
-- of which the same is said. -> rows { names =, owners =, words = }, how many owners
local function field_rows(subject)
  local rows, by_field, by_words, owners = {}, {}, {}, {}
  for _, entry in ipairs(subject.entries) do
    local list = entry.fields or entry.form or {}
    if #list > 0 then owners[#owners + 1] = entry.name end
    for _, field in ipairs(list) do
      local words = ("| %s | %s |"):format(cell(api_words.field_type(field, entry.form)),
        cell(api_words.field_help(field)))
      local row = by_field[field[1] .. words]
      if not row then
        row = { names = { tostring(field[1]) }, owners = {}, words = words }
        by_field[field[1] .. words], rows[#rows + 1] = row, row
      end
      row.owners[#row.owners + 1] = entry.name
    end
  end
  local merged = {}
  for _, row in ipairs(rows) do
    local key = table.concat(row.owners, " ") .. row.words
    if by_words[key] then
      table.move(row.names, 1, #row.names, #by_words[key].names + 1, by_words[key].names)
    else
      by_words[key], merged[#merged + 1] = row, row
    end
  end
  return merged, #owners
end

local function fields(lines, subject)
  local rows, owners = field_rows(subject)
  if #rows == 0 then return end
  add(lines, owners > 1 and "| field | of | | |\n|---|---|---|---|" or "| field | | |\n|---|---|---|")
  for _, row in ipairs(rows) do
    local of = owners > 1 and "| `" .. table.concat(row.owners, " ") .. "` " or ""
    add(lines, "| `%s` %s%s", table.concat(row.names, "`, `"), of, row.words)
  end
  add(lines, "")
end

local function choices(lines, subject)
  local names = {}
  for name in next, subject.choices or {} do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    add(lines, "- %s: `%s`", name, table.concat(subject.choices[name], "` `"))
  end
  if #names > 0 then add(lines, "") end
end

local function wrapped(text) return table.concat(wrap(text, 105), "\n") end

-- The page: one subject after the other.
function page.text(api)
  local lines = { head }
  for _, name in ipairs(api.subjects) do
    local subject = api.subject(name)
    if subject.where ~= "settings" then
      add(lines, "## %s\n\n%s\n", subject.title, wrapped(subject.about))
      calls(api, lines, subject)
      fields(lines, subject)
      choices(lines, subject)
      if subject.notes then lines[#lines + 1] = subject.notes .. "\n" end
    end
  end
  return (table.concat(lines, "\n"):gsub("\n+$", "\n"))
end

return page
