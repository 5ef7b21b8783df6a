-- week.lua: the last week of Oakfield's registers as they came in day by day.
--
--   lua5.4 examples/oakfield/week.lua FILES OUT
--
-- reads FILES/marks.csv (the registers as they ended up) and writes
--   OUT/before.csv        everything up to Friday 13 March 2026
--   OUT/monday.csv        Monday 16 March: an absence that began that day has no
--                         reason yet (N)
--   OUT/wednesday.csv     Monday to Wednesday: Monday's reasons have been found
--   OUT/inbox/marks.csv   Thursday and Friday
-- It invents nothing: Monday's N are the absences that are explained later.

-- Nothing in marks.csv is quoted, and its rows are written as they stand.

local files, out = arg[1], arg[2]
if not (files and out) then error("usage: lua5.4 examples/oakfield/week.lua FILES OUT", 0) end

local explained = { I = true, M = true }

local function open(path, mode)
  local file, message = io.open(path, mode)
  if not file then error(message, 0) end
  return file
end

-- -> heading line, { { text =, date = }, … }
local function read(path)
  local rows, file = {}, open(path, "rb")
  local headings = file:read "l"
  for text in file:lines() do rows[#rows + 1] = { text = text, date = text:match "^[^,]*,([^,]*)" } end
  file:close()
  return headings, rows
end

local headings, rows = read(files .. "/marks.csv")

-- Rows of some days; `changed` gives another text for one.
local function write(path, first, last, changed)
  local file = open(out .. "/" .. path, "wb")
  file:write(headings, "\n")
  for _, row in ipairs(rows) do
    if row.date >= first and row.date <= last then file:write(changed and changed(row.text) or row.text, "\n") end
  end
  file:close()
end

-- Who was already away on the Friday before: their reason is known.
local away = {}
for _, row in ipairs(rows) do
  if row.date == "2026-03-13" then
    local upn, code = row.text:match "^([^,]*),.*,([^,]*)$"
    away[upn] = away[upn] or explained[code]
  end
end

local function without_reason(text)
  local upn, before, code = text:match "^([^,]*)(,.*,)([^,]*)$"
  return upn .. before .. (explained[code] and not away[upn] and "N" or code)
end

write("before.csv", "2024-09-01", "2026-03-13")
write("monday.csv", "2026-03-16", "2026-03-16", without_reason)
write("wednesday.csv", "2026-03-16", "2026-03-18")
write("inbox/marks.csv", "2026-03-19", "2026-03-20")
