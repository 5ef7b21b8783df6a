-- intake/examine: the facts of a file: one pass over its records, which counts by column what stands in the cells.
--
--   examine.headings(path) -> the headings alone | nil, a problem
--   examine.file(path, reading) -> facts; raises. `reading`: what is said of the file | nil
--   facts   { name, form, encoding, delimiter, preamble = lines, heading = its line, heading_rows, headings, records,
--             footer = how many totals and feet of pages, rows = the first 20 records, columns = { { heading,
--             blank, upn, numbers, dates = { iso, day_first_only, month_first_only, either, words }, first_date,
--             last_date, distinct = { text = count } | nil, of more than 64 }, … } }
--
--   The heading row is the one that is said, else the one among the first that has most headings that are known, or
--   days.

local core = require "waymark.core"
local headings = require "waymark.intake.headings"
local problem = require "waymark.base.problem"
local profiles = core.sdk "profile"

local examine = {}

local looked_at, most_rows, most_distinct = 60, 20, 64

local function is_dated(text) return text:find "%d%d?[-/.]%d%d?" ~= nil or text:find "%d%s+%a%a%a" ~= nil end

local halves = { am = true, pm = true, a = true, p = true, morning = true, afternoon = true }

local function is_upn(text) return #text == 13 and text:find "^%a%d%d%d%d%d%d%d%d%d%d%d%w$" ~= nil end

-- How much a row looks like one of headings: where a pupil stands in it, it is none.
local function score(cells)
  local best, dated = 0, 0
  for _, cell in ipairs(cells) do
    if is_upn(cell) or cell:find "^%-?%d+%.?%d*$" then return 0 end
    dated = dated + (is_dated(cell) and 1 or 0)
  end
  for _, kind in ipairs(headings.kinds) do
    local known, n = {}, 0
    for _, cell in ipairs(cells) do
      local column = headings.of(kind.name, cell)
      if column and not known[column] then known[column], n = true, n + 1 end
    end
    best = math.max(best, n)
  end
  return best > 1 and best or best > 0 and dated > 1 and best + dated or 0
end

local function is_halves(cells)
  local n = 0
  for _, cell in ipairs(cells) do
    if cell ~= "" and not halves[headings.fold(cell)] then return false end
    if cell ~= "" then n = n + 1 end
  end
  return n > 0
end

local function open(path, reading)
  local reader, message, machine = core.csv(path, { reading = reading, twice = true })
  return problem.check(reader, message, machine)
end

-- The line of the heading row, how many there are, and what stands above; nil: the first record.
local function find_heading(path, reading)
  local reader <close> = open(path, reading)
  local rows = { { cells = reader:headings() } }
  for _ = 2, looked_at do rows[#rows + 1] = reader:next() end
  local best, most = 1, 0
  for i, row in ipairs(rows) do
    local n = is_halves(row.cells) and 0 or score(row.cells)
    if n > most then best, most = i, n end
  end
  local below = rows[best + 1]
  local two = below and is_halves(below.cells)
  local preamble = {}
  for i = 1, best - 1 do preamble[i] = table.concat(rows[i].cells, " "):match "^%s*(.-)%s*$" end
  return rows[best].line, two and 2 or 1, preamble
end

-- Only the headings of a file, as they are found. -> list | nil, a problem
function examine.headings(path)
  local ok, found = pcall(function()
    local line, rows = find_heading(path)
    local reader <close> = open(path, { heading = line, heading_rows = rows })
    return reader:headings()
  end)
  if not ok and not problem.is(found) then error(found, 0) end
  return ok and found or nil, not ok and found or nil
end

local day_forms = { "iso", "day_first_only", "month_first_only", "either", "words" }

-- How a text is written that is a day, and which day it is, day first and month first; nil: none.
local function date_of(text)
  local a, b, year = text:match "^(%d%d?)[-/.](%d%d?)[-/.](%d%d%d%d)%f[%D]"
  if not a then
    local day = core.date.parse(text)
    return day and (text:find "^%d%d%d%d" and "iso" or "words"), day, day
  end
  local as_day = core.date.parse(("%s-%02d-%02d"):format(year, b, a))
  local as_month = core.date.parse(("%s-%02d-%02d"):format(year, a, b))
  if not as_day and not as_month then return nil end
  return not as_month and "day_first_only" or not as_day and "month_first_only" or a == b and "iso" or "either",
    as_day, as_month
end

local function widen(range, day)
  if not day then return end
  range[1] = range[1] and range[1] < day and range[1] or day
  range[2] = range[2] and range[2] > day and range[2] or day
end

local function count_date(column, text)
  if not text:find "%d" then return end
  local form, as_day, as_month = date_of(text)
  if not form then return end
  column.dates[form] = column.dates[form] + 1
  widen(column.day_first, as_day)
  widen(column.month_first, as_month)
end

local function count(column, text)
  if text == "" then
    column.blank = column.blank + 1
    return
  end
  if column.distinct then
    if column.distinct[text] then
      column.distinct[text] = column.distinct[text] + 1
    elseif column.kinds == most_distinct then
      column.distinct = nil
    else
      column.distinct[text], column.kinds = 1, column.kinds + 1
    end
  end
  if is_upn(text) then column.upn = column.upn + 1 end
  if text:find "^%-?%d+%.?%d*$" then column.numbers = column.numbers + 1 else count_date(column, text) end
end

-- Totals and what stands at the foot of a page.
local function is_footer(cells)
  for _, cell in ipairs(cells) do
    local low = cell ~= "" and headings.fold(cell)
    if low then
      return (low:find "^total" or low:find "^grandtotal" or low:find "^page%d" or low:find "^printed") ~= nil
    end
  end
  return false
end

local function new_column(heading)
  local column = { heading = heading, blank = 0, upn = 0, numbers = 0, dates = {}, distinct = {}, kinds = 0,
    day_first = {}, month_first = {} }
  for _, form in ipairs(day_forms) do column.dates[form] = 0 end
  return column
end

function examine.file(path, said)
  local line, rows, preamble = nil, nil, {}
  if not (said and said.heading) then line, rows, preamble = find_heading(path, said) end
  local reader <close> = open(path, profiles.over({ heading = line, heading_rows = rows }, said))
  local facts = { preamble = preamble,
    heading = line or said and said.heading or 1, heading_rows = said and said.heading_rows or rows or 1,
    headings = reader:headings(), records = 0, footer = 0, rows = {}, columns = {} }
  for i, heading in ipairs(facts.headings) do facts.columns[i] = new_column(heading) end
  while true do
    local row, message, machine = reader:next()
    if not row and message then problem.check(nil, message, machine) end
    if not row then break end
    if is_footer(row.cells) then
      facts.footer = facts.footer + 1
    elseif not row.fault then
      facts.records = facts.records + 1
      if facts.records <= most_rows then facts.rows[facts.records] = row.cells end
      for i, column in ipairs(facts.columns) do count(column, row.cells[i] or "") end
    end
  end
  for name, value in next, problem.check(reader:about()) do facts[name] = value end
  for _, column in ipairs(facts.columns) do
    local range = column.dates.month_first_only > 0 and column.dates.day_first_only == 0 and column.month_first
      or column.day_first
    column.first_date, column.last_date = range[1], range[2]
    column.day_first, column.month_first, column.kinds = nil, nil, nil
  end
  return facts
end

return examine
