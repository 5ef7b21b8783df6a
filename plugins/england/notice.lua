-- notice: a Notice to Improve as the national guidance has it (WT, "Notice to Improve"):
-- its four dates, whether its contents are complete, and the words of the law in it. How
-- long it runs, and when it is looked at in between, is the authority's: the step says.
--
--   notice.complete(pupil, fields, how)          how = { period =, checks = { … } }
--   notice.checklist(pupil, case, always)        is everything in the latest notice? `always`:
--                                                the fields that its document says anyway,
--                                                such as { early_grounds = true }
--   notice.fills(pupil, case, entry)             the words for its documents

local england = require "england"
local items = require "england.item"
local penalty = require "england.penalty"
local support = require "england.support"

local notice = {}

local item = items.new

local step_name = "notice-to-improve"

-- Dates ------------------------------------------------------------------------------------

local function first_school_day(calendar, day)
  if calendar:is_open(day) then return day end
  return calendar:days_after(day, 1)
end

local function checks_of(calendar, fields, durations)
  local list = {}
  for _, each in ipairs(durations or {}) do
    local day = calendar:last_day(fields.period_from, each)
    if day and day < fields.period_to then list[#list + 1] = day end
  end
  table.sort(list)
  return #list > 0 and list or nil
end

function notice.complete(pupil, given, how)
  local fields, calendar = {}, pupil.calendar
  for name, value in next, given do fields[name] = value end
  fields.issued_on = fields.issued_on or pupil.as_of
  local served, message = penalty.service(fields)
  if not served then return nil, message end
  if not fields.period_from then
    fields.period_from, message = first_school_day(calendar, fields.served_on)
    if not fields.period_from then return nil, "period_from: " .. message end
  end
  if not fields.period_to then
    fields.period_to, message = calendar:last_day(fields.period_from, how.period)
    if not fields.period_to then return nil, "period_to: " .. message end
  end
  fields.checks = fields.checks or checks_of(calendar, fields, how.checks)
  return fields
end

-- Contents -----------------------------------------------------------------------------------

local function has(value)
  if type(value) == "table" then return #value > 0 end
  return value ~= nil and value ~= ""
end

local printed = "printed in every notice"

local function given(fields, always, name, text, needed)
  local own, anyway = has(fields[name]), always and always[name]
  return item(text, own or anyway, not own and (anyway and printed or "give " .. name) or nil, needed)
end

local function period_item(fields)
  local there = fields.period_from ~= nil and fields.period_to ~= nil
  return item("The improvement period, with its last day", there, there and ("%s to %s"):format(
    date.english(fields.period_from), date.english(fields.period_to)) or "give period_from and period_to")
end

local function enough_item(fields)
  local there = has(fields.enough_improvement) or fields.tolerated ~= nil
  return item("What enough improvement means for this family", there,
    there and notice.enough(fields) or "give enough_improvement, or tolerated")
end

-- Of the notice that runs, or of one that is still to be made.
function notice.checklist(pupil, case, always)
  local running = case:running(step_name)
  local fields = #running > 0 and running[#running].fields or {}
  local evidence = pupil:rolling(england.national)
  local offered, refused = support.offered(case), support.refused(case)
  return {
    item("The attendance record and the absences", evidence.count > 0, evidence:describe()),
    item("The benefits of attendance and the parent's duty (Education Act 1996 s.7)", true, printed),
    item("The support given so far", #offered > 0, #offered == 0 and "no support is recorded" or nil),
    given(fields, always, "support_now", "The support on offer now"),
    given(fields, always, "re_offered", "Support that was not taken up, offered again", #refused > 0),
    item("The warning that a penalty notice or prosecution may follow", true, printed),
    period_item(fields),
    enough_item(fields),
    given(fields, always, "early_grounds", "Grounds on which a penalty notice may come before the period ends"),
    given(fields, always, "named_contact", "A named contact"),
  }
end

-- Words ----------------------------------------------------------------------------------------

function notice.enough(fields)
  if has(fields.enough_improvement) then return fields.enough_improvement end
  local n = math.tointeger(fields.tolerated or 0) or 0
  if n == 0 then return "no unauthorised absence at all in this time" end
  return ("no more than %d half day%s of unauthorised absence in this time"):format(n, n == 1 and "" or "s")
end

function notice.fills(pupil, _, entry)
  local fields = entry and entry.fields or {}
  local words = penalty.words(fields.issued_on or entry and entry.on or pupil.as_of)
  words.enough = items.cut(notice.enough(fields))
  return words
end

return notice
