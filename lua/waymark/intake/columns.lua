-- intake/columns: columns that somebody added to a list, named like what a step records
-- ("what would help", "review_dates"): they become fields of the entry, read as their type.
--
--   local columns = actions_fields.columns(space, headings, is_ours)
--     -> { { name, place }, …, ignored = { headings that no step records } }
--   actions_fields.cells(columns, texts)      -> { name = text } of those filled in | nil
--   actions_fields.of(columns, row, step, today)  -> fields | nil; notes what the step does not record
--   actions_fields.report(columns, report)    what was not kept, into report.ignored and .warnings
--
-- The items of a list stand in lines of their own or with "|" between them; days as people write them, without a
-- year the nearest to `today`. The columns
-- "line" and "reason" that a file of rows left out ends with are nobody's.

local core = require "waymark.core"
local case_fields = require "waymark.case.fields"
local cells = require "waymark.intake.cells"

local actions_fields = {}

-- Whether any step of any school's road map records something of this name.
local function is_recorded(space, name)
  for _, map in ipairs(space.maps) do
    for _, step in ipairs(map.declared and map.declared.steps or {}) do
      if (step.records or {})[name] then return true end
    end
  end
  return false
end

local function without_left_out(headings)
  local n = #headings
  return headings[n] == "reason" and headings[n - 1] == "line" and n - 2 or n
end

function actions_fields.columns(space, headings, is_ours)
  local columns = { ignored = core.array {} }
  for i = 1, without_left_out(headings) do
    local name = headings[i]:gsub(" ", "_")
    if is_recorded(space, name) and not is_ours[headings[i]] then
      columns[#columns + 1] = { name = name, place = i, unused = 0 }
    elseif not is_ours[headings[i]] and name ~= "" then
      table.insert(columns.ignored, headings[i])
    end
  end
  return columns
end

function actions_fields.cells(columns, texts)
  local found
  for _, column in ipairs(columns) do
    local text = texts[column.place] or ""
    if text:find "%S" then
      found = found or {}
      found[column.name] = text
    end
  end
  return found
end

local function value_of(name, record, text, today)
  local function read(item)
    if record.type ~= "date" and record.type ~= "dates" then return item end
    return cells.near_day(item:match "^%s*(.-)%s*$", name, today)
  end
  if not case_fields.is_list(record.type) then return read(text) end
  local items = {}
  for item in text:gmatch "[^|\r\n]+" do items[#items + 1] = read(item) end
  return items
end

function actions_fields.of(columns, row, step, today)
  local fields
  for _, column in ipairs(row.fields and columns or {}) do
    local text, record = row.fields[column.name], step and (step.records or {})[column.name]
    if text and record then
      fields = fields or {}
      fields[column.name] = value_of(column.name, record, text, today)
    elseif text then
      column.unused, column.line = column.unused + 1, column.line or row.line
    end
  end
  return fields
end

function actions_fields.report(columns, report)
  report.ignored, report.warnings = columns.ignored, core.array {}
  local group = { name = "not-recorded", sentence = "a cell that its step does not record; not kept", count = 0,
    examples = core.array {} }
  for _, column in ipairs(columns) do
    group.count = group.count + column.unused
    if column.line then table.insert(group.examples, { line = column.line, words = column.name }) end
  end
  if group.count > 0 then report.warnings[1] = group end
end

return actions_fields
