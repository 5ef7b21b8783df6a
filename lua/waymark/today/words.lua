-- today/words: what a list says to people: half days and English dates, never a
-- session, a code or an ISO date.

local words = require "waymark.base.words"

local today_words = {}

local function first_and_last(each)
  local list = each.sessions or {}
  if #list == 0 then return nil end
  return list[1], list[#list]
end

local said = {}

function said.rate(each) return "attendance " .. each.words end

local function run(each, as_of)
  local first = first_and_last(each)
  if not first then return each.words end
  if #each.sessions == 1 then return ("1 half day, %s"):format(words.half_day(first[1], first[2], as_of)) end
  return ("%s, from %s"):format(each.words, words.half_day(first[1], first[2], as_of))
end
said.streak, said.longest = run, run

local function counted(each, as_of)
  local _, last = first_and_last(each)
  return last and ("%s, the last on %s"):format(each.words, words.half_day(last[1], last[2], as_of)) or each.words
end
said.count, said.rolling, said.missing = counted, counted, counted

-- One piece of evidence as recorded (see evaluate.evidence) in words.
function today_words.evidence(each, as_of)
  local say = said[each.kind]
  return say and say(each, as_of) or each.words
end

-- "Absent, and nobody has told the school why: 2 half days in a row, from Monday 8
-- September, morning"
function today_words.why(reason, evidence, as_of)
  local text = words.capital(reason or "")
  local first = evidence and evidence[1]
  if not first or not first.words then return text end
  local colon = text:find "%?$" and "" or ":" -- the reason may ask something
  return ("%s%s %s"):format(text, colon, today_words.evidence(first, as_of))
end

-- "On hold until Friday 12 December: ask Jo Marsh first"; on that day "On hold to the end of today".
function today_words.hold(hold, as_of, day)
  local text = hold["until"] == day and "On hold to the end of today"
    or "On hold until " .. words.day(hold["until"], as_of)
  return hold.ask and ("%s: ask %s first"):format(text, hold.ask) or text
end

function today_words.ended_hold(hold, as_of)
  local text = ("The hold ended on %s: letters and messages go out again"):format(words.day(hold["until"], as_of))
  return hold.ask and ("%s; if that is not right, ask %s"):format(text, hold.ask) or text
end

return today_words
