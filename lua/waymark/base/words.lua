-- base/words: how days, half days and counts are said to people, and what a text of theirs
-- is made into before it stands on a page, in a letter or a message. What a terminal needs
-- is another thing: core.escape, which shows what it hides.
--
--   words.plain(text)   no control characters, nothing unseen, nothing that turns the
--                       direction of a text; a tab is a space, lines are kept
--   words.html(text)    the same inside HTML; lines end with <br>
--   words.shown(text, at)   what stands in a file, from `at` on, for a sentence about it
--   words.page_policy   what stands in the head of every page: nothing is loaded or run

local core = require "waymark.core"
local durations = core.sdk "durations"

local words = {}

local date = core.date

-- Texts ---------------------------------------------------------------------------------

-- What a terminal shows escaped is unseen on a page; a broken byte is a sign that it was one.
local function seen(character)
  if character == "\t" then return " " end
  if core.escape(character) == character then return nil end
  return utf8.len(character) and "" or "\u{FFFD}"
end

-- Word's own ends of lines (VT), pages and Unicode's are ends of lines.
function words.plain(text)
  if not text:find "[^\n\32-\126]" then return text end
  text = text:gsub("\r\n?", "\n"):gsub("[\v\f]", "\n"):gsub("\u{85}", "\n"):gsub("\u{2028}", "\n")
    :gsub("\u{2029}", "\n")
  return (text:gsub("[^\n\32-\126][\128-\191]*", seen))
end

-- The same on one line.
function words.line(text)
  return (words.plain(text):gsub("%s*\n%s*", " "):gsub("^ +", ""):gsub(" +$", ""))
end

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;", ["\n"] = "<br>" }

function words.html(text) return (words.plain(tostring(text)):gsub("[&<>\"'\n]", entities)) end

-- At most 60 bytes of its first line; what is cut is no half of a character.
function words.shown(text, at)
  at = at or 1
  text = text:sub(at, at + 59):match "^[^\r\n]*"
  return core.escape((text:gsub("[\xC2-\xF4][\x80-\xBF]*$", function(last) return utf8.len(last) and last or "" end)))
end

words.page_policy = [[<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; ]]
  .. [[style-src 'unsafe-inline'">]]

-- Lines of at most `width` characters, each after `indent`; a longer word stays whole. For a
-- text with lines of its own, each of them.
function words.wrap(text, width, indent)
  local lines = {}
  indent = indent or ""
  for paragraph in (text:gsub("\r\n?", "\n") .. "\n"):gmatch "(.-)\n" do
    local line, count, length = {}, 0, 0
    local function end_line()
      if count > 0 then lines[#lines + 1] = indent .. table.concat(line, " ", 1, count):gsub("%z", " ") end
      count, length = 0, utf8.len(indent)
    end
    end_line()
    for word in paragraph:gsub("(%d) %%", "%1\0%%"):gmatch "%S+" do -- a figure keeps its sign
      local n = utf8.len(word) or #word
      if count > 0 and length + 1 + n > width then end_line() end
      line[count + 1], count, length = word, count + 1, (count > 0 and length + 1 or length) + n
    end
    end_line()
  end
  return lines
end

-- Rows of two cells as lines, the first cell as wide as the widest (at most 32).
function words.rows(rows, width)
  local lines, widest = {}, 0
  for _, row in ipairs(rows) do widest = math.max(widest, utf8.len(row[1])) end
  widest = math.min(widest, 32)
  for _, row in ipairs(rows) do
    local wrapped = words.wrap(row[2], math.max(width - widest - 4, 30))
    local room = widest - utf8.len(row[1])
    local second = wrapped[1] and room >= 0 and (" "):rep(room + 2) .. wrapped[1] or ""
    lines[#lines + 1] = "  " .. row[1] .. second
    for i = room < 0 and 1 or 2, #wrapped do lines[#lines + 1] = (" "):rep(widest + 4) .. wrapped[i] end
  end
  return lines
end

function words.capital(text) return (text:gsub("^%l", string.upper)) end

-- "no-answer", an outcome's name -> "no answer"
function words.outcome(name) return (name:gsub("-", " ")) end

-- A mark's code; absent or empty is no mark.
function words.mark(code) return code ~= nil and code ~= "" and code or "no mark" end

-- "L, 25 minutes": the code of what came with a mark (pupil.details), and the minutes where they are known.
function words.mark_detail(detail)
  local minutes = detail.minutes_late and ", " .. words.count(detail.minutes_late, "minute")
  return core.escape(detail.code) .. (minutes or "")
end

-- Counts ---------------------------------------------------------------------------------

-- 1234567 -> "1,234,567"
function words.number(n) return (tostring(n):reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")) end

-- A number with its word: "1 pupil", "1,234 pupils", "3 children".
function words.count(n, one, many) return words.number(n) .. " " .. (n == 1 and one or many or one .. "s") end

local first_most = 10

-- Texts as a list, and of a long one the first alone: "A, B and 3 more".
function words.first(texts)
  local more = #texts - first_most
  return table.concat(texts, ", ", 1, math.min(#texts, first_most))
    .. (more > 0 and (" and %s more"):format(words.number(more)) or "")
end

-- " and for 19 more pupils", after the first; "" where there is no other.
function words.and_for(others) return others > 0 and " and for " .. words.count(others, "more pupil") or "" end

-- The value of an option: "6 school weeks", "I, M", "90".
function words.value(value)
  if type(value) ~= "table" then return tostring(value) end
  if value.unit then return durations.words(value) end
  local list = {}
  for i, each in ipairs(value) do list[i] = words.value(each) end
  return table.concat(list, ", ")
end

-- What an option may be: "1 to 30", "at most 3", "one of AM, PM"; nil where it may be anything.
function words.range(option)
  if option.choices then return "one of " .. table.concat(option.choices, ", ") end
  if option.least and option.most then return ("%s to %s"):format(option.least, option.most) end
  return option.least and "from " .. option.least or option.most and "at most " .. option.most or nil
end

-- Half days as days: "half a day", "1 day", "3½ days"; nil for none.
function words.days(halves)
  if halves < 2 then return halves == 1 and "half a day" or nil end
  return ("%s%s %s"):format(words.number(halves // 2), halves % 2 == 1 and "½" or "", halves == 2 and "day" or "days")
end

-- Days -----------------------------------------------------------------------------------

-- "Tuesday 4 November"; with its year where `as_of` is given and in another school year.
function words.day(day, as_of)
  local text = date.english(day)
  if as_of and date.academic_year(day) ~= date.academic_year(as_of) then return text end
  return (text:gsub(" %d+$", ""))
end

-- "4 November 2025": nobody needs the weekday of a birth.
function words.date(day) return (date.english(day):gsub("^%a+ ", "")) end

-- "AM" -> "morning"
function words.half(half) return half == "AM" and "morning" or "afternoon" end

-- "Tuesday 4 November, morning"
function words.half_day(day, half, as_of) return ("%s, %s"):format(words.day(day, as_of), words.half(half)) end

-- "Mon 8 Sep 2025, morning O, afternoon O; Tue 9 Sep 2025, morning O" of half days as texts, "2025-09-08 AM O".
function words.half_days(texts)
  local parts, last = {}, nil
  for _, text in ipairs(texts) do
    local day, half, code = text:match "^(%S+) (%S+) (.*)$"
    local mark = words.half(half) .. " " .. code
    if day == last then
      parts[#parts] = parts[#parts] .. ", " .. mark
    else
      parts[#parts + 1] = date.short(day) .. ", " .. mark
    end
    last = day
  end
  return table.concat(parts, "; ")
end

-- "November", of a day of it
function words.month(day) return date.english(day):match "(%a+) %d+$" end

-- "Tuesday", of a day or of its number in a week (1 is Monday)
function words.weekday(day)
  if math.type(day) == "integer" then day = date.add("2025-09-01", day - 1) end
  return date.english(day):match "^%a+"
end

return words
