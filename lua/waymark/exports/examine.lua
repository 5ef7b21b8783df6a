-- exports/examine: the facts of a file (core.examine), under the headings that are known here.
--
--   examine.headings(path, reading) -> the headings alone | nil, a problem
--   examine.file(path, reading, today) -> facts; raises. `reading`: what is said of the file | nil; `today` may be nil
--   facts   as core.examine has them, with the file's name
--
--   The heading row is the one that is said, else the one among the first that has most headings that are known, or
--   days.

local core = require "waymark.core"
local headings = require "waymark.exports.headings"
local problem = require "waymark.base.problem"
local profiles = core.sdk "profile"

local examine = {}

local looked_at = 60

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

-- Whether cells are halves of days and nothing else, and how many are.
local function is_halves(cells)
  local filled, n = 0, 0
  for _, cell in ipairs(cells) do
    if cell ~= "" then filled = filled + 1 end
    if halves[headings.fold(cell)] then n = n + 1 end
  end
  return n > 0 and n == filled, n
end

local function is_of_days(cells)
  for _, cell in ipairs(cells) do
    if is_dated(cell) then return true end
  end
  return false
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
  local below, above = rows[best + 1], rows[best - 1]
  local two = below and is_halves(below.cells)
  if not two and above and is_of_days(above.cells) and score(above.cells) == 0
    and select(2, is_halves(rows[best].cells)) > 1 then
    best, two = best - 1, true
  end
  local preamble = {}
  for i = 1, best - 1 do preamble[i] = table.concat(rows[i].cells, " "):match "^%s*(.-)%s*$" end
  return rows[best].line, two and 2 or 1, preamble
end

-- Only the headings of a file, as they are found, or said to be. -> list | nil, a problem
function examine.headings(path, said)
  said = said or {}
  local of_file = { encoding = said.encoding, delimiter = said.delimiter, quoting = said.quoting, sheet = said.sheet,
    records = said.records, heading = said.heading, heading_rows = said.heading_rows }
  local ok, found = pcall(function()
    if not of_file.heading then of_file.heading, of_file.heading_rows = find_heading(path, of_file) end
    local reader <close> = open(path, of_file)
    return reader:headings()
  end)
  if not ok and not problem.is(found) then error(found, 0) end
  return ok and found or nil, not ok and found or nil
end

function examine.file(path, said, today)
  local line, rows, preamble
  if not (said and said.heading) then line, rows, preamble = find_heading(path, said) end
  local facts = problem.check(core.examine(path, profiles.over({ heading = line, heading_rows = rows }, said),
    today))
  facts.name, facts.preamble = path:match "[^/]*$", preamble or facts.preamble
  return facts
end

return examine
