-- officer.lua: fills in a list as the attendance officer would in a spreadsheet,
-- so that `make demo` can show the way back.
--
--   lua5.4 examples/oakfield/officer.lua LIST.csv DAY
--
-- Of the calls on the list, the first is answered, the second is not, the third is
-- put off; the rest is left for another day. DAY is written as people write it:
-- 16/03/2026.

local path, day = arg[1], arg[2]
if not (path and day) then error("usage: lua5.4 examples/oakfield/officer.lua LIST.csv 16/03/2026", 0) end

-- One line of CSV as cells; the list has no line breaks in its cells.
local function cells_of(line)
  local cells, at = {}, 1
  while at <= #line + 1 do
    if line:sub(at, at) == '"' then
      local text, after = line:match('^"(.-)"()%f[,\0]', at)
      cells[#cells + 1], at = text:gsub('""', '"'), after + 1
    else
      local text, after = line:match("^([^,]*)()", at)
      cells[#cells + 1], at = text, after + 1
    end
  end
  return cells
end

local function quoted(cell) return cell:find '[",]' and '"' .. cell:gsub('"', '""') .. '"' or cell end

local filled = {
  { outcome = "spoke", ["with whom"] = "mother", ["reason given"] = "illness",
    note = "A cold. Back tomorrow, she thinks." },
  { outcome = "no answer" },
  { outcome = "not now", ["reason given"] = "illness", note = "In hospital; the school nurse keeps in touch." },
}

local function fill(row, place, what)
  row[place["done on"]] = day
  for name, value in pairs(what) do row[place[name]] = value end
end

local file = assert(io.open(path, "rb"))
local rows, place, calls = {}, {}, 0
for line in file:lines() do rows[#rows + 1] = cells_of((line:gsub("\r$", ""))) end
file:close()

for i, name in ipairs(rows[1]) do place[name:gsub("^\u{FEFF}", "")] = i end
for i = 2, #rows do
  if rows[i][place["what to do"]] == "Absence call-back" then
    calls = calls + 1
    if filled[calls] then fill(rows[i], place, filled[calls]) end
  end
end

file = assert(io.open(path, "wb"))
for _, row in ipairs(rows) do
  for i, cell in ipairs(row) do row[i] = quoted(cell) end
  file:write(table.concat(row, ","), "\r\n")
end
file:close()
print(("Filled in %d of %d calls."):format(math.min(calls, #filled), calls))
