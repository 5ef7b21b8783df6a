-- kit/marks: weeks of marks as authors of plugins write them.
--
--   "2025-09-08: // NN /- // [C1]/"              a week: Monday's date, then its days
--   "2025-09-08 to 2025-10-24: // // // // //"   the same in every week, on school days
--
-- A day is two codes, morning and afternoon. "/" is present in both halves; a code of
-- two characters stands in brackets; "-" is no mark. Days at the end may be left out.

local date = require("waymark.core").date

local marks = {}

local function fault(format, ...) error(format:format(...), 0) end

-- "[C1]/" -> { "C1", "\\" }
local function read_day(text, whole)
  local codes = {}
  local rest = text
  while rest ~= "" do
    local code, after = rest:match "^%[([^%[%]]+)%](.*)$"
    if not code then code, after = rest:match "^([%g])(.*)$" end
    if not code or code == "[" or code == "]" then
      fault('"%s": "%s" is no day; a day is two codes: //', whole, text)
    end
    codes[#codes + 1] = code
    rest = after
  end
  if #codes ~= 2 then
    fault('"%s": "%s" has %d codes; a day has two, morning and afternoon; put a code such as C1 in brackets: [C1]/',
      whole, text, #codes)
  end
  if codes[2] == "/" then codes[2] = "\\" end
  return codes
end

local function read_days(text, whole)
  local days = {}
  for day in text:gmatch "%S+" do days[#days + 1] = read_day(day, whole) end
  if #days == 0 or #days > 5 then
    fault('"%s" has %d days; a week has up to five, from Monday on, with a space between', whole, #days)
  end
  return days
end

local function read_monday(text, whole)
  local day = date.parse(text)
  if not day then fault('"%s": "%s" is no date; write it as 2025-09-08', whole, text) end
  if date.weekday(day) ~= 1 then
    fault('"%s" begins with a %s; a week begins with its Monday: %s', whole, date.english(day):match "^%a+",
      date.monday(day))
  end
  return day
end

local halves = { "AM", "PM" }

local function add_day(rows, day, codes, open, is_range, whole)
  for i, half in ipairs(halves) do
    local code = codes[i]
    local has_school = open[day] and open[day][half]
    if code ~= "-" and code ~= "#" and not has_school and not is_range then
      fault('"%s": %s is no school day in this school; write -- for it, or give the school another year', whole,
        date.english(day))
    end
    if code ~= "-" and has_school then rows[#rows + 1] = { date = day, half = half, code = code } end
  end
end

-- A text -> { { date, half, code }, … }; raises what is wrong with it. `open` is the
-- school's days: open["2025-09-08"] = { AM = true, PM = true }.
function marks.read(text, open)
  if type(text) ~= "string" then fault('a week is a text: "2025-09-08: // // // // //"') end
  local first, last, rest = text:match "^%s*(%S+)%s+to%s+(%S+)%s*:%s*(.-)%s*$"
  if not first then first, rest = text:match "^%s*([^%s:]+)%s*:%s*(.-)%s*$" end
  if not first then fault('"%s" is no week; write it as "2025-09-08: // // // // //"', text) end
  local days, rows, monday = read_days(rest, text), {}, read_monday(first, text)
  local ends = last and (date.parse(last) or fault('"%s": "%s" is no date', text, last))
  repeat
    for i, codes in ipairs(days) do
      local day = date.add(monday, i - 1)
      if not ends or day <= ends then add_day(rows, day, codes, open, ends ~= nil, text) end
    end
    monday = date.add(monday, 7)
  until not ends or monday > ends
  return rows
end

return marks
