-- waymark figures: the figures of all pupils.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local figures = require "waymark.pupil.figures"
local terminal = require "waymark.base.terminal"
local wording = require "waymark.base.words"
local reasons = core.sdk "evidence"

local command = {
  name = "figures",
  summary = "The figures of all pupils: attendance, absence, thresholds.",
  example = "waymark figures --as-of 2026-03-20 --format csv > figures.csv",
  see = "contracts.md: what CSV and JSON have",
}

function command.options(parser)
  common.as_of(parser)
  common.format(parser)
  parser:option("--year", "Only this year group."):argname "YEAR"
  parser:option("--form", "Only this form."):argname "FORM"
  parser:option("--school", "Only this school."):argname "SCHOOL"
  parser:option("--top", "Only the first so many rows (of a table)."):argname "N":convert(common.number "--top")
end

local function write_json(space, rows, several)
  local columns = figures.columns(space, several)
  terminal.json_list(function()
    local row = rows()
    if not row then return nil end
    local cells, attendance = figures.cells(space, row, several), several and 7 or 6
    cells[attendance] = cells[attendance] and tonumber(cells[attendance])
    return cells
  end, columns)
end

local function table_columns(space, several)
  local columns = { { title = "pupil", most = 28 }, { title = "year" }, { title = "form" },
    { title = "possible", right = true }, { title = "attended", right = true },
    { title = "authorised", right = true }, { title = "unauthorised", right = true },
    { title = "attendance", right = true }, { title = "absence" } }
  for _, rule in ipairs(space:thresholds()) do
    columns[#columns + 1] = { title = rule.name .. " first met" }
    columns[#columns + 1] = { title = "most", right = true }
  end
  if several then table.insert(columns, 1, { title = "school", most = 12 }) end
  return columns
end

local function table_row(space, row, several)
  local cells = figures.cells(space, row, several)
  local base = several and 1 or 0
  local line, n = {}, 0
  local function add(value)
    n = n + 1
    line[n] = value == nil and "" or value
  end
  if several then add(row.school) end
  add(("%s %s"):format(row.forename or "", row.surname or ""))
  add(row.year)
  add(row.form)
  for c = 2, 5 do add(cells[base + c]) end
  add(cells[base + 6] and cells[base + 6] .. " %" or "n/a")
  add(cells[base + 8] == 1 and "severe" or cells[base + 7] == 1 and "persistent" or "")
  for _, threshold in ipairs(row.thresholds) do
    add(threshold.date and threshold.date .. " " .. threshold.session)
    add(threshold.largest)
  end
  return line
end

local function reach_words(space, known_at)
  if known_at then return "registers as they had come in by then" end
  local words = {}
  for _, school in ipairs(space:schools()) do
    words[#words + 1] = school.reach and ("%s to %s"):format(school.name,
      reasons.session_words(school.reach[1], school.reach[2]))
  end
  if #words == 0 then return "no registers have come in yet" end
  return #words > 3 and ("registers of %d schools"):format(#words) or "registers of " .. table.concat(words, ", ")
end

local function write_table(space, filter, several, as_of, top)
  local rows = figures.rows(space, filter) -- what the settings have wrong is said before anything is printed
  print(terminal.paint("bold", "Figures as of " .. as_of))
  print(terminal.paint("dim", ("Academic year to date; every pupil, leavers for their time on roll; %s."):format(
    reach_words(space, filter.known_at))))
  print ""
  local lines, total = {}, 0
  for row in rows do
    total = total + 1
    if not top or total <= top then lines[#lines + 1] = table_row(space, row, several) end
  end
  terminal.table(table_columns(space, several), lines)
  local shown = top and total > top and (", the first %d shown"):format(top) or ""
  print(("\n%s%s"):format(wording.count(total, "pupil"), shown))
end

function command.run(arguments)
  local space = common.open(arguments, "read")
  local filter = common.filter(space, arguments)
  local several = figures.has_several_schools(space)
  if arguments.format == "csv" then
    figures.write_csv(space, filter, several, io.stdout)
  elseif arguments.format == "json" then
    write_json(space, figures.rows(space, filter), several)
  else
    write_table(space, filter, several, common.as_of_words(filter, arguments), arguments.top)
  end
  space:close()
end

return command
