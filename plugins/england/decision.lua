-- decision: what has to be there before legal intervention is decided on, and which routes
-- are open for each parent. It reads registers, the case, and (for one pupil) contacts and
-- the date of birth; what it was not shown it says, and never takes as done. A person decides.
--
-- Sources: WT, "legal intervention"; Education Act 1996 s.444, s.447 (an education
-- supervision order is considered first; only the authority prosecutes) and s.576; Equality
-- Act 2010 s.20 (adjustments); Magistrates' Courts Act 1980 s.127 (six months).
--
--   decision.checklist(pupil, case, how)    list of { item, there, needed, words }
--   decision.routes(pupil, case, how)       list of { contact, route, open, words, from }
--
-- `how` may have: threshold, the rolling rule that the authority acts on (else the national
-- one; the national threshold has to be met in any case); at_notice, a function of the day of
-- a Notice to Improve: the thresholds then, as counts over its dates (england.notices); leave =
-- { least, has_route, authority }: how many half days of G in a row are a holiday, and whether
-- that has a route of its own; team, whom it is discussed with, and whether that is needed: discuss.

local age = require "england.age"
local basis = require "england.basis"
local england = require "england"
local items = require "england.item"
local notice_to_improve = require "england.notice"
local people = require "england.people"
local routes = require "england.routes"
local support = require "england.support"

local decision = {}

local item, plural, half_days, answer = items.new, basis.plural, basis.half_days, basis.answer

-- Words --------------------------------------------------------------------------------

local function half_day(mark)
  local half = mark.session == "AM" and "morning" or "afternoon"
  return ("%s, %s"):format(date.english(mark.date), half)
end

local most_named = 4

local function named(marks)
  local words = {}
  for i = 1, math.min(#marks, most_named) do words[i] = half_day(marks[i]) end
  if #marks > most_named then words[#words + 1] = ("%d more"):format(#marks - most_named) end
  return table.concat(words, "; ")
end

-- What was looked at ---------------------------------------------------------------------

-- The marks of the threshold's school weeks, to the last that came in.
local function marks_of(pupil, evidence)
  return pupil:marks(evidence.from, evidence.to)
end

local function with_code(marks, code)
  local found = {}
  for _, mark in ipairs(marks) do
    if mark.code == code then found[#found + 1] = mark end
  end
  return found
end

-- The register ------------------------------------------------------------------------------

local function no_reason(marks)
  local found = with_code(marks, "N")
  return item("A reason is known for every absence (no N left)", #found == 0,
    #found > 0 and ("no reason yet: %s"):format(named(found)) or nil, true, "reasons")
end

local function is_in(pupil, mark)
  local reach, last = pupil.school.reach, pupil.school.reach_session
  return reach ~= nil and (mark.date < reach or mark.date == reach and (last ~= "AM" or mark.session == "AM"))
end

-- The first day from which registers are known here; nil when none are.
local function known_from(pupil)
  for _, mark in ipairs(pupil:marks()) do
    if mark.code ~= "" then return mark.date, mark.session end
  end
end

local function no_gaps(pupil, marks)
  local found, from, half = {}, known_from(pupil)
  for _, mark in ipairs(marks) do
    local known = from and (mark.date > from or mark.date == from and (half == "AM" or mark.session == "PM"))
    if mark.class == "missing" and known and is_in(pupil, mark) then found[#found + 1] = mark end
  end
  local since = not from and "no registers are known here"
    or marks[1] and marks[1].date < from and "registers are known here from " .. date.english(from) or nil
  local words = #found > 0 and ("missing: %s"):format(named(found)) or nil
  return item("No mark is missing", from ~= nil and #found == 0, words and since and words .. "; " .. since
    or words or since)
end

local passed_over = { ["not-possible"] = true, administrative = true }

local function longest_leave(marks)
  local best, run = {}, {}
  for _, mark in ipairs(marks) do
    if mark.code == "G" then
      run[#run + 1] = mark
      if #run > #best then best = run end
    elseif not passed_over[mark.class] then
      run = {}
    end
  end
  return best
end

-- A holiday: { run, alone, has_route, authority }; `alone` when the threshold would not be met
-- without it.
local function holiday_of(marks, national, leave)
  local run = longest_leave(marks)
  if not leave or #run < leave.least then return nil end
  return { run = run, alone = national.count - #run < national.of, has_route = leave.has_route,
    authority = leave.authority }
end

local function no_leave(holiday, leave)
  local least = leave and leave.least or 10
  local text = ("It is no holiday of %s or more half days in a row (G)"):format(least == 10 and "ten" or least)
  if not holiday then return item(text, true) end
  local words = ("%s of holiday in a row from %s: "):format(half_days(#holiday.run), half_day(holiday.run[1]))
  if not holiday.alone then return item(text, true, words .. "the threshold is met without it") end
  if holiday.has_route then
    return item(text, false, ("%sthat goes by the leave-of-absence route of %s, not by the support-first form"):format(
      words, holiday.authority))
  end
  return item(text, false, ("%s%s has no other route for it; neither support nor a Notice to Improve is needed"):format(
    words, holiday.authority), false)
end

local function dob_of(pupil)
  local ok, dob = pcall(function() return pupil.dob end)
  return ok and dob or nil
end

local function of_age(pupil, evidence)
  local text, dob = "The child was of compulsory school age on the days", dob_of(pupil)
  if evidence.age_unknown then
    return item(text, false, "no date of birth is known: taken as of compulsory school age")
  end
  if not dob then return item(text, true, "only half days of compulsory school age are counted") end
  local first, last = age.span(dob, england.compulsory)
  return item(text, true, ("of compulsory school age from %s to %s; only half days between are counted"):format(
    date.english(first), date.english(last)))
end

local function young_enough(pupil, evidence)
  local found = basis.too_old(pupil, evidence)
  return item(("No half day relied on is older than %s"):format(plural(config.prosecute_months, "month")), #found == 0,
    #found > 0 and ("too old to be prosecuted for: %s"):format(named(found)) or nil)
end

-- Support -------------------------------------------------------------------------------------

-- The last few, the latest first; what reads the same (one for each parent) once.
local function listed(entries, words_of)
  local words, times, named_entries = {}, {}, 0
  for i = #entries, 1, -1 do
    local text = words_of(entries[i])
    if not times[text] and #words == most_named then break end
    if not times[text] then words[#words + 1] = text end
    times[text], named_entries = (times[text] or 0) + 1, named_entries + 1
  end
  for i, text in ipairs(words) do words[i] = times[text] > 1 and ("%s (%d times)"):format(text, times[text]) or text end
  if #entries > named_entries then words[#words + 1] = ("%d earlier"):format(#entries - named_entries) end
  return #words > 0 and table.concat(words, "; ") or nil
end

local function support_items(case, needed)
  local offered, refused, again = support.offered(case), support.refused(case), support.offered_again(case)
  return item("Support was offered", #offered > 0, listed(offered, support.words), needed),
    item("Support was not taken up, not engaged with or did not work", #refused > 0, listed(refused, support.words),
      needed),
    item("Support that was not taken up was offered again", #again > 0, listed(again, support.words),
      needed and #refused > 0)
end

-- Why there is no contract: with the decision, or when it was left out.
local function no_contract(case)
  local why = answer(case, "no_contract_because")
  for _, entry in ipairs(why == nil and case:entries "attendance-contract" or {}) do
    if entry.kind == "bypassed" then why = entry.note or entry.reason end
  end
  return why
end

local function contract(case, needed)
  local made, why = support.of(case, "attendance-contract"), no_contract(case)
  return item("An attendance contract, or why there is none", #made > 0 or why ~= nil, listed(made, support.words)
    or why and "none was made: " .. why or not needed and "not needed where support is not appropriate"
    or "no contract is recorded, and no reason (no_contract_because)", needed, "contract")
end

local function notice(case)
  local list = support.of(case, "notice-to-improve")
  return item("A Notice to Improve", #list > 0, listed(list, support.words), false)
end

-- A last chance is one to its last day; before that the parent is told first (WT, "Notice to Improve").
local function add_running(list, pupil, case)
  for _, entry in ipairs(case:running "notice-to-improve") do
    local fields = notice_to_improve.fields(case, entry)
    if fields.period_to and fields.period_to >= pupil.as_of then
      local told = fields.told_parent_on
      list[#list + 1] = item(("The time of the Notice to Improve%s is over, or the parent was told first that it is "
        .. "not working"):format(fields.parent and " to " .. fields.parent or ""), told ~= nil, told
        and "told on " .. date.english(told)
        or ("it runs to %s; give told_parent_on with the notice"):format(date.english(fields.period_to)))
    end
  end
end

-- People -------------------------------------------------------------------------------------

local function checked_on(parent, case)
  local own = parent.contact.checked_on
  local said = answer(case, "parents_checked_on")
  return own and said and (own > said and own or said) or own or said
end

local function parent_fault(parent, pupil, case)
  local contact, missing = parent.contact, {}
  if not contact.surname then missing[#missing + 1] = "full name" end
  if not contact.address and not contact.confidential_address then missing[#missing + 1] = "address" end
  if not contact.dob then missing[#missing + 1] = "date of birth" end
  if contact.parental_responsibility == nil and not contact.lives_with then
    missing[#missing + 1] = "parental responsibility: not known"
  end
  local checked = checked_on(parent, case)
  if not checked then
    missing[#missing + 1] = "never checked"
  elseif checked < basis.months_before(pupil.as_of, config.parents_checked_months) then
    missing[#missing + 1] = "last checked on " .. date.english(checked)
  end
  return #missing > 0 and ("%s: %s"):format(parent.name, table.concat(missing, ", ")) or nil
end

local function parents(pupil, case)
  local text = ("Each parent's details, checked in the last %s"):format(plural(config.parents_checked_months, "month"))
  if not people.contacts(pupil) then return item(text, false, "contacts were not shown to this plugin") end
  local list, faults = people.parents(pupil), {}
  if #list + #people.unknown(pupil) == 0 then return item(text, false, "no parent is among the contacts") end
  for _, parent in ipairs(list) do faults[#faults + 1] = parent_fault(parent, pupil, case) end
  for _, each in ipairs(people.unknown(pupil)) do
    faults[#faults + 1] = ("%s: not known whether they are a parent"):format(each.name)
  end
  return item(text, #faults == 0, #faults > 0 and table.concat(faults, "; ") or nil)
end

-- A notice is for a parent who allowed the absence (WT July 2026, "penalty notices"): answered for each.
local function allowed(pupil, case)
  local list, open, by = people.parents(pupil), {}, {}
  for _, parent in ipairs(list) do
    local yes = basis.allowed(parent, case)
    if yes == nil then open[#open + 1] = parent.name end
    if yes then by[#by + 1] = parent.name end
  end
  return item("It is answered for each parent whether they allowed the absence", #list > 0 and #open == 0,
    #open > 0 and "give allowed_by, or not_allowed_by: " .. table.concat(open, ", ")
    or #list == 0 and "no parent is known" or #by == 0 and "no parent did" or "allowed by " .. table.concat(by, ", "))
end

-- Questions that a person answers ---------------------------------------------------------------

local function asked(case, name, text)
  local value = answer(case, name)
  return item(text, value == "yes", value == nil and "not answered yet" or value ~= "yes" and "answered: no" or nil)
end

local answers = { ["0"] = "no", no = "no", n = "no", ["false"] = "no", ["1"] = "yes", yes = "yes", y = "yes",
  ["true"] = "yes" }

-- What the school's own list of pupils says of a social worker, in the columns by which a referral's
-- form has it too: "yes", "no", a name; nil when it says nothing.
local function listed_worker(pupil)
  local ok, groups = pcall(function() return pupil.groups end)
  for heading, value in next, ok and groups or {} do
    local plain = heading:lower():gsub("[^%w]+", "_"):gsub("^_", ""):gsub("_$", "")
    if (plain == "social_worker" or plain == "has_social_worker") and value ~= "" then
      return answers[value:lower()] or value
    end
  end
end

local function social_worker(pupil, case)
  local value, worker = answer(case, "social_worker_told"), listed_worker(pupil)
  local has_one = worker ~= nil and worker ~= "no"
  local words = { none = "there is none", no = "not told yet", yes = "told" }
  local text = value == nil and "not answered yet" or words[value]
  if has_one and value ~= "yes" then
    text = ("the list of pupils has one%s: %s"):format(worker ~= "yes" and " (" .. worker .. ")" or "",
      value == "none" and "answered that there is none" or text)
  elseif worker == "no" and value == nil then
    text = text .. "; the list of pupils has no social worker"
  end
  return item("The social worker or youth offending worker was told",
    value == "yes" or value == "none" and not has_one, text)
end

local function thresholds(found)
  local national, own = found.national, found.evidence
  if found.notice_of then return { item("The national threshold is met", true, basis.of_notice(found)) } end
  local list = { item("The national threshold is met", national.met, basis.threshold(national)) }
  if own.rule ~= national.rule then
    list[2] = item("The absences that the authority counts are enough", own.met, own:why_not() or own:describe())
  end
  return list
end

local function discussed(case, how)
  local on, with = answer(case, "discussed_on"), answer(case, "discussed_with")
  return item(("It was discussed with %s"):format(how.team or "the authority"), on ~= nil,
    on and date.english(on) .. (with and ", " .. with or "") or "give discussed_on", how.discuss == true)
end

local function order_considered(case)
  local there, words = basis.order_considered(case)
  return item("An education supervision order was considered", there, words)
end

-- A holiday goes another way, and is no less a decision about a child.
local function add_questions(list, pupil, case, how)
  for _, each in ipairs {
    asked(case, "adjustments_considered",
      "Adjustments for special needs and medical conditions were considered (Equality Act 2010)"),
    asked(case, "best_tool", "Legal intervention is the best tool now"),
    order_considered(case), social_worker(pupil, case), discussed(case, how),
  } do
    list[#list + 1] = each
  end
end

function decision.checklist(pupil, case, how)
  how = how or {}
  local found = basis.of(pupil, case, how)
  local evidence, list = found.evidence, thresholds(found)
  local marks = marks_of(pupil, evidence)
  local leave = holiday_of(marks, found.national, how.leave)
  local holiday = leave and leave.alone and leave
  local not_appropriate = support.not_appropriate(case)
  local offered, refused, again = support_items(case, not holiday and not not_appropriate)
  for _, each in ipairs {
    no_reason(marks), no_gaps(pupil, marks), no_leave(leave, how.leave), of_age(pupil, evidence),
    young_enough(pupil, evidence), offered, refused, again,
    contract(case, not holiday and not not_appropriate), notice(case),
    parents(pupil, case), allowed(pupil, case),
  } do
    list[#list + 1] = each
  end
  add_running(list, pupil, case)
  if not_appropriate then
    list[#list + 1] = item("Why support is not appropriate is written down", true, not_appropriate)
  end
  add_questions(list, pupil, case, how)
  return list
end

decision.routes = routes.of

return decision
