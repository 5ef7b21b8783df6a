-- csv.lua: writing and reading the example's own CSV files.
--
-- Writes UTF-8 with plain line ends and quotes a value only where it must. Reads
-- pupils.csv and marks.csv, in which nothing is quoted; it is not a reader for files
-- from elsewhere (Waymark has one).

local csv = {}

local function quoted(value)
  if not value:find '[",\n]' then return value end
  return '"' .. value:gsub('"', '""') .. '"'
end

local function line(headings, record)
  local cells = {}
  for i, heading in ipairs(headings) do cells[i] = quoted(record[heading] or "") end
  return table.concat(cells, ",") .. "\n"
end

local function open(path, mode)
  local file, message = io.open(path, mode)
  if not file then error(message, 0) end
  return file
end

-- headings: a list of names; records: a list of { heading = text }.
function csv.write(path, headings, records)
  local file = open(path, "wb")
  file:write(table.concat(headings, ","), "\n")
  for _, record in ipairs(records) do file:write(line(headings, record)) end
  file:close()
end

local function cells_of(text)
  local cells = {}
  for cell in (text .. ","):gmatch "([^,]*)," do cells[#cells + 1] = cell end
  return cells
end

-- Calls visit(cells) for each row after the headings.
function csv.each(path, visit)
  local file = open(path, "rb")
  file:read "l"
  for text in file:lines() do visit(cells_of(text)) end
  file:close()
end

return csv
