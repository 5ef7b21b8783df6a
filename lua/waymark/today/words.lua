-- today/words: what a list says to people: half days and English dates, never a
-- session, a code or an ISO date.

local core = require "waymark.core"

local words = {}

local date = core.date

-- "Tuesday 4 November"; with its year when that is another school year than the
-- day looked at.
function words.day(day, as_of)
  local text = date.english(day)
  if date.academic_year(day) == date.academic_year(as_of) then text = text:gsub(" %d%d%d%d$", "") end
  return text
end

-- "Tuesday 4 November, morning"
function words.half_day(session, as_of)
  local day, half = session:sub(1, 10), session:sub(12, 13)
  return ("%s, %s"):format(words.day(day, as_of), half == "AM" and "morning" or "afternoon")
end

local function first_and_last(each)
  local list = each.sessions or {}
  if #list == 0 then return nil end
  return list[1][1] .. " " .. list[1][2], list[#list][1] .. " " .. list[#list][2]
end

local said = {}

function said.rate(each) return "attendance " .. each.words end

local function run(each, as_of)
  local first = first_and_last(each)
  if not first then return each.words end
  if #each.sessions == 1 then return ("1 half day, %s"):format(words.half_day(first, as_of)) end
  return ("%s, from %s"):format(each.words, words.half_day(first, as_of))
end
said.streak, said.longest = run, run

local function counted(each, as_of)
  local _, last = first_and_last(each)
  return last and ("%s, the last on %s"):format(each.words, words.half_day(last, as_of)) or each.words
end
said.count, said.rolling, said.missing = counted, counted, counted

-- One piece of evidence as recorded (see evaluate.evidence) in words.
function words.evidence(each, as_of)
  local say = said[each.kind]
  return say and say(each, as_of) or each.words
end

function words.capital(text) return (text:gsub("^%l", string.upper)) end

-- "Absent, and nobody has told the school why: 2 half days in a row, from Monday 8
-- September, morning"
function words.why(reason, evidence, as_of)
  local text = words.capital(reason or "")
  local first = evidence and evidence[1]
  if not first or not first.words then return text end
  local colon = text:find "%?$" and "" or ":" -- the reason may ask something
  return ("%s%s %s"):format(text, colon, words.evidence(first, as_of))
end

-- "no-answer" -> "no answer"
function words.outcome(name) return (name:gsub("-", " ")) end

-- "2 half days", "1 child", "3 children"
function words.count(n, one, many) return ("%d %s"):format(n, n == 1 and one or many or one .. "s") end

-- "On hold until Friday 12 December: ask Jo Marsh first."
function words.hold(hold, as_of)
  local text = "On hold until " .. words.day(hold["until"], as_of)
  return hold.ask and ("%s: ask %s first"):format(text, hold.ask) or text
end

return words
