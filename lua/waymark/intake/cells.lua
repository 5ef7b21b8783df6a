-- intake/cells: reading what people and spreadsheets write into the cells of a
-- list: days in the ways that a spreadsheet shows them, words in any case, names
-- that went through an old character set.

local core = require "waymark.core"
local problem = require "waymark.base.problem"

local cells = {}

local date = core.date

-- "Done on", "done_on" -> "done on"
function cells.heading(text) return (text:lower():gsub("[_-]", " "):gsub("%s+", " ")) end

-- "No answer", "no_answer" -> "no-answer"
function cells.plain(text)
  return (text:lower():gsub("^[%s☐☑☒]+", ""):gsub("[%s.]+$", ""):gsub("[%s_-]+", "-"))
end

-- The apostrophe before what would be a formula is ours (store/csv/csv_write.h).
function cells.unguard(text) return (text:gsub("^'([=+@\t\r-])", "%1")) end

-- Names ---------------------------------------------------------------------------

local function letters(text)
  local list = {}
  for _, code in utf8.codes(text:lower():gsub("%s+", " "), true) do list[#list + 1] = code end
  return list
end

-- Whether a name is the same but for case and for letters that a spreadsheet
-- wrote as "?".
function cells.same_name(written, name)
  if not utf8.len(written) then return false end
  local a, b = letters(written), letters(name)
  if #a ~= #b then return false end
  for i = 1, #a do
    if a[i] ~= b[i] and a[i] ~= ("?"):byte() then return false end
  end
  return true
end

-- Days ----------------------------------------------------------------------------

local months = { jan = 1, feb = 2, mar = 3, apr = 4, may = 5, jun = 6, jul = 7, aug = 8, sep = 9, oct = 10, nov = 11,
  dec = 12 }

local function month_number(word)
  local low = word:lower()
  for name, number in pairs(months) do
    local full = ({ "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
      "november", "december" })[number]
    if low == name or low == full or low == "sept" and name == "sep" then return number end
  end
end

local ordinals = { st = true, nd = true, rd = true, th = true }

-- Day, month and year (nil: not written) as numbers; nothing when it is none of
-- 4/11/2025, 4.11.25, 4/11, 4-Nov-2025, "4th November", "Tue 4 Nov 25". A year may be below 100.
local function parts_of(text)
  text = text:gsub("%s+%d%d?:%d%d[:%d]*$", "") -- a spreadsheet's midnight
  local day, month, year = text:match "^(%d%d?)[/.](%d%d?)[/.](%d%d%d?%d?)$"
  if year and #year == 3 then return nil end
  if not day then day, month = text:match "^(%d%d?)[/.](%d%d?)$" end
  if day then return math.tointeger(day), math.tointeger(month), math.tointeger(year) end
  local plain = text:gsub("^%a+day,?%s+", ""):gsub("^%a%a%a,?%s+", ""):gsub(",", "")
    :gsub("^(%d%d?)(%a%a)%f[%A]", function(number, word) return ordinals[word:lower()] and number end)
  day, month, year = plain:match "^(%d%d?)[%s-]+(%a+)[%s-]*(%d*)$"
  if not day or not month_number(month) or (year ~= "" and #year ~= 4 and #year ~= 2) then return nil end
  return math.tointeger(day), month_number(month), year ~= "" and math.tointeger(year) or nil
end

local function iso(year, month, day) return date.parse(("%04d-%02d-%02d"):format(year, month, day)) end

-- The day that a cell means; `choose(day)` says whether a year will do when none is written, and `is_near(day)`
-- when it has two digits. nil for an empty cell; raises when it is no day.
local function read_day(text, what, near, choose, is_near)
  if text == "" then return nil end
  local day, month, year = parts_of(text)
  local found
  if day and year and year < 100 then
    found = iso(2000 + year, month, day)
    if found and not is_near(found) then
      problem.raise('%s: "%s" is not within twelve months; write its year with four digits', what, text)
    end
  elseif day and year then
    found = iso(year, month, day)
  elseif day then
    local this = math.tointeger(near:sub(1, 4))
    for _, each in ipairs { this, this - 1, this + 1 } do
      local candidate = iso(each, month, day)
      if not found and candidate and choose(candidate) then found = candidate end
    end
  else
    found = date.parse(text)
  end
  return found or problem.raise('%s: "%s" is not a day; write it like 09/09/2025', what, text)
end

local function is_up_to(day, last) return day <= last and date.between(day, last) <= 366 end

-- A day that has been: without a year the last such day up to today; a year of two digits is taken within the
-- past twelve months.
function cells.past_day(text, what, today_is)
  return read_day(text, what, today_is, function(day) return day <= today_is end,
    function(day) return is_up_to(day, today_is) end)
end

-- A day to come: without a year the first such day from `from`; a year of two digits within twelve months from it.
function cells.coming_day(text, what, from)
  return read_day(text, what, from, function(day) return day >= from end, function(day) return is_up_to(from, day) end)
end

-- A day that may have been or may be to come: without a year the nearest to `day`; a year of two digits within
-- twelve months of it.
function cells.near_day(text, what, day)
  return read_day(text, what, day, function(each) return math.abs(date.between(day, each)) <= 183 end,
    function(each) return math.abs(date.between(day, each)) <= 366 end)
end

return cells
