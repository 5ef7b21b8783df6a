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

-- What stands beside a row ----------------------------------------------------------

-- "Need 44: attendance 78 %, 12 half days unauthorised or not explained yet", or nil.
function today_words.need(row)
  return row.need_for and ("Need %d: %s"):format(row.need, row.need_for) or nil
end

local function contact_name(contact)
  local more = contact.relationship or ""
  return more ~= "" and ("%s (%s)"):format(contact.name, more:lower()) or contact.name
end

-- Whom to ring, and the numbers in their order where they are given: "Wrong number: Mr Joe Green (father), since
-- Wednesday 4 March. Ring Ms Joan Green (mother)", "01632 960123, then 01632 960456"
function today_words.whom(row, as_of)
  if not row.ring then return nil end
  local parts = {}
  for i, each in ipairs(row.ring.wrong) do
    parts[i] = ("Wrong number: %s%s, since %s"):format(each.number and each.number .. ", " or "",
      contact_name(each.contact), words.day(each.on, as_of))
  end
  for _, contact in ipairs(row.ring.shared) do
    parts[#parts + 1] = ("The number of %s is also that of somebody marked \"no contact\": ask for another"):format(
      contact_name(contact))
  end
  local contact = row.ring.contact
  if not contact then
    parts[#parts + 1] = #parts > 0 and "No other number of a parent is known: ask for one"
      or "No number of a parent who may be rung is known"
  elseif row.ring.numbers then
    parts[#parts + 1] = "Ring " .. contact_name(contact)
  else
    parts[#parts + 1] = ("Ring %s; the number is confidential, and stands on the page of the pupil alone"):format(
      contact_name(contact))
  end
  return table.concat(parts, ". "), row.ring.numbers and table.concat(row.ring.numbers, ", then ")
end

function today_words.ring(row, as_of)
  local text, number = today_words.whom(row, as_of)
  return number and ("%s, %s"):format(text, number) or text
end

local tries_shown = 2

-- "Tried: Absence call-back on Wednesday 4 March: no answer; Early help and support on Monday 2 March"
function today_words.tried(row, as_of)
  local list, parts = row.tried or {}, {}
  for i = 1, math.min(#list, tries_shown) do
    local outcome = list[i].outcome
    parts[i] = ("%s on %s%s"):format(list[i].title, words.day(list[i].on, as_of),
      outcome and ": " .. words.outcome(outcome) or "")
  end
  if #list > tries_shown then parts[#parts + 1] = ("%d more this school year"):format(#list - tries_shown) end
  return #parts > 0 and "Tried: " .. table.concat(parts, "; ") or nil
end

-- A call about one child does for another only where the same person is rung for both: with a parent of one there may
-- be no contact about the other.
local function name_to_ring(row) return row.ring and row.ring.contact and row.ring.contact.name end

-- "Of the family too: 7 Ella Green; one call does for both", or "7 Ella Green (on hold)"; on the part of one school
-- (its key) those of that school.
function today_words.family(row, _, school)
  local names, apart = {}, row.hold ~= nil
  for _, each in ipairs(row.family or {}) do
    if not school or each.person.school.key == school then
      local hold = each.hold or each.section == "holds"
      names[#names + 1] = ("%d %s%s"):format(each.number, each.person.name, hold and " (on hold)" or "")
      apart = apart or hold or name_to_ring(each) ~= name_to_ring(row)
    end
  end
  if #names == 0 then return nil end
  return ("Of the family too: %s%s"):format(table.concat(names, ", "),
    apart and "" or #names > 1 and "; one call does for all" or "; one call does for both")
end

-- All of these, a sentence each, after the half days that a threshold counted.
function today_words.beside(row, as_of)
  local list = { row.counted }
  for _, say in ipairs { today_words.need, today_words.tried, today_words.family, today_words.ring } do
    list[#list + 1] = say(row, as_of)
  end
  return list
end

return today_words
