-- notice: a Notice to Improve as the national guidance has it (WT, "Notice to Improve"):
-- its four dates, and whether its contents are complete. How long it runs, and when it is
-- looked at in between, is the authority's: the step says.
--
--   notice.complete(pupil, fields, how)          how = { period =, checks = { … }, least = weeks,
--                                                most = weeks }
--   notice.checklist(pupil, case, entry)         is everything in the notice? Of an entry, else of
--                                                the latest that runs
--   notice.fields(case, entry)                   what it says, with what was added to it since
--   notice.length(pupil, fields)                 "6 school weeks", and the weeks of the calendar
--                                                where these are more
--   notice.enough(fields)                        what enough improvement is, in words

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

-- Why a period is shorter or longer than the practice is; nil when it is not. A week of the practice
-- is a school week or five school days, whichever makes room.
local function wrong_length(calendar, fields, how)
  local from, to = fields.period_from, fields.period_to
  local function last_of(weeks, pick)
    local by_weeks = weeks and calendar:last_day(from, school_weeks(weeks))
    local by_days = weeks and calendar:last_day(from, school_days(5 * weeks))
    return by_weeks and by_days and pick(by_weeks, by_days)
  end
  local least = last_of(how.least, function(a, b) return a < b and a or b end)
  local most = last_of(how.most, function(a, b) return a > b and a or b end)
  if least and to < least then
    return ("period_to: %s is less than %d school weeks after %s; it is at least to %s"):format(date.english(to),
      how.least, date.english(from), date.english(least))
  elseif most and to > most then
    return ("period_to: %s is more than %d school weeks after %s; it is at most to %s"):format(date.english(to),
      how.most, date.english(from), date.english(most))
  end
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
  return fields, wrong_length(calendar, fields, how)
end

-- The school weeks of a period, where it has so many and no day besides; its school days.
local most_weeks = 20

local function school_weeks_of(calendar, fields)
  for n = 1, most_weeks do
    local last = calendar:last_day(fields.period_from, school_weeks(n))
    if last == fields.period_to then return n end
    if not last or last > fields.period_to then return nil end
  end
end

function notice.length(pupil, fields)
  local from, to = fields.period_from, fields.period_to
  if not from or not to then return nil end
  local weeks, days = school_weeks_of(pupil.calendar, fields), pupil.calendar:days_between(from, to)
  local words = weeks and ("%d school week%s"):format(weeks, weeks == 1 and "" or "s")
    or ("%d school day%s"):format(days, days == 1 and "" or "s")
  local by_calendar = 1
  while date.add(from, 7 * by_calendar) <= to do by_calendar = by_calendar + 1 end
  if by_calendar <= (weeks or (days + 4) // 5) then return words end
  return ("%s, which are %d weeks by the calendar, as school holidays are left out"):format(words, by_calendar)
end

-- Contents -----------------------------------------------------------------------------------

local function has(value)
  if type(value) == "table" then return #value > 0 end
  return value ~= nil and value ~= ""
end

local printed = "printed in every notice"

local function given(fields, name, text)
  local there = has(fields[name])
  return item(text, there, not there and "give " .. name or nil)
end

-- A period that has gone by is no time to improve.
local function period_item(fields, as_of)
  local from, to = fields.period_from, fields.period_to
  local is_over = to ~= nil and to < as_of
  return item("The improvement period, with its last day", from ~= nil and to ~= nil and not is_over,
    is_over and "it ended on " .. date.english(to)
    or from and to and ("%s to %s"):format(date.english(from), date.english(to)) or "give period_from and period_to")
end

local function enough_item(fields)
  local there = has(fields.enough_improvement) or fields.tolerated ~= nil
  return item("What enough improvement means for this family", there,
    there and notice.enough(fields) or "give enough_improvement, or tolerated")
end

local function described(case, entry)
  if entry.described then return true end
  for _, each in ipairs(entry.of and case:entries(entry.step) or {}) do
    if each.id == entry.of then return each.described == true end
  end
  return false
end

local function any_described(case, list)
  for _, entry in ipairs(list) do
    if described(case, entry) then return true end
  end
  return false
end

-- Titles alone do not say what support was given: of one at least, it is written down.
local function support_item(case, offered)
  local there, titles = any_described(case, offered), {}
  for i, entry in ipairs(offered) do titles[i] = support.words(entry) end
  return item("The support given so far: what was offered, and when", there, not there and (#offered == 0
    and "no support is recorded" or "what was offered is not written down: " .. table.concat(titles, "; ")) or nil)
end

-- A notice prints by itself what was not taken up, as it was offered.
local function again_item(fields, case, refused)
  local there = has(fields.re_offered) or any_described(case, refused)
  return item("Support that was not taken up, offered again", there, not there and "give re_offered" or nil,
    #refused > 0)
end

-- Words that name nobody: an office, a role.
local no_name = {}
for word in ([[the a an our your my and of for school attendance office officer team head teacher headteacher lead
  safeguarding pastoral year family support worker manager reception anybody staff]]):gmatch "%a+" do
  no_name[word] = true
end

local function names_person(text)
  for word in (text or ""):gmatch "[%a\x80-\xFF'’-]+" do
    if not word:find "^%l" and not no_name[fold(word)] then return true end
  end
  return false
end

local function contact_item(fields)
  local there = names_person(fields.named_contact)
  return item("A named contact", there, not there and "give named_contact: a person, by name" or nil, true, "contact")
end

-- Half days without leave of the academic year to date.
local function absences(pupil)
  local _, first = date.academic_year(pupil.as_of)
  return pupil:count(england.unauthorised, first, pupil.as_of)
end

-- What a notice says: of an entry (or of an outcome), else of the latest that runs; with what was
-- added to it since.
function notice.fields(case, entry)
  local list, running = case:entries(step_name), case:running(step_name)
  entry = entry or running[#running]
  if not entry then return {} end
  local id, fields = entry.of or entry.id, {}
  for _, each in ipairs(entry.of and list or { entry }) do
    for name, value in next, each.id == id and each.fields or {} do fields[name] = value end
  end
  for _, each in ipairs(list) do
    for name, value in next, each.adds and each.of == id and each.fields or {} do fields[name] = value end
  end
  return fields
end

function notice.checklist(pupil, case, entry)
  local fields, evidence = notice.fields(case, entry), pupil:rolling(england.national)
  if evidence.count == 0 then evidence = absences(pupil) end
  local offered, refused = support.offered(case), support.refused(case)
  return {
    item("The attendance record and the absences", evidence.count > 0, evidence:describe()),
    item("The benefits of attendance and the parent's duty (Education Act 1996 s.7)", true, printed),
    support_item(case, offered),
    given(fields, "support_now", "The further support on offer now"),
    again_item(fields, case, refused),
    item("The warning that a penalty notice or prosecution may follow", true, printed),
    period_item(fields, pupil.as_of),
    enough_item(fields),
    given(fields, "early_grounds", "Grounds on which a penalty notice may come before the period ends"),
    contact_item(fields),
  }
end

-- Words ----------------------------------------------------------------------------------------

function notice.enough(fields)
  if has(fields.enough_improvement) then return fields.enough_improvement end
  local n = math.tointeger(fields.tolerated or 0) or 0
  if n == 0 then return "no unauthorised absence at all in this time" end
  return ("no more than %d half day%s of unauthorised absence in this time"):format(n, n == 1 and "" or "s")
end

return notice
