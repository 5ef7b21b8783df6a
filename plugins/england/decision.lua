-- decision: what has to be there before legal intervention is decided on, and which routes
-- are open for each parent. It reads registers, the case, and (for one pupil) contacts and
-- the date of birth; what it was not shown it says, and never takes as done. A person decides.
--
-- Sources: WT, "legal intervention"; Education Act 1996 s.444, s.447 (an education
-- supervision order is considered first; only the authority prosecutes) and s.576; Equality
-- Act 2010 s.20 (adjustments); Magistrates' Courts Act 1980 s.127 (six months).
--
--   decision.records                        fields for the step "legal-decision"
--   decision.checklist(pupil, case, how)    list of { item, there, needed, words }
--   decision.routes(pupil, case, how)       list of { contact, route, open, words, from }
--
-- `how` may have: threshold, the rolling rule that the authority acts on (else the national
-- one). The national threshold has to be met in any case.

local age = require "england.age"
local england = require "england"
local items = require "england.item"
local penalty = require "england.penalty"
local people = require "england.people"
local support = require "england.support"

local decision = {}

local item = items.new

decision.records = {
  best_tool = { type = "yes-no", help = "is legal intervention the best tool for this family now?" },
  adjustments_considered = { type = "yes-no", help = "adjustments for special needs and medical conditions" },
  supervision_order_considered = { type = "yes-no", help = "an education supervision order, by the authority" },
  social_worker_told = { type = "choice", choices = { "yes", "no", "none" },
    help = "the child's social worker or youth offending worker; none: there is none" },
  no_contract_because = { type = "text", help = "why no attendance contract was made, if none was" },
  parents_checked_on = { type = "date", help = "when the parents' names and addresses were last checked" },
}

-- Words --------------------------------------------------------------------------------

local function plural(n, word) return ("%d %s%s"):format(n, word, n == 1 and "" or "s") end
local function half_days(n) return plural(n, "half day") end

local function half_day(mark)
  local half = mark.session == "AM" and "morning" or "afternoon"
  return ("%s, %s"):format(date.english(mark.date):match "^(.*) %d+$", half)
end

local most_named = 4

local function named(marks)
  local words = {}
  for i = 1, math.min(#marks, most_named) do words[i] = half_day(marks[i]) end
  if #marks > most_named then words[#words + 1] = ("%d more"):format(#marks - most_named) end
  return table.concat(words, "; ")
end

-- What was looked at ---------------------------------------------------------------------

local function threshold_of(pupil, how)
  local rule = how and rawget(how, "threshold") or england.national
  return pupil:rolling(rule)
end

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

-- The last answer that was recorded with the decision, in any entry of it.
local function answer(case, name)
  local value
  for _, entry in ipairs(case:entries "legal-decision") do
    local given = (entry.fields or {})[name]
    if given ~= nil and given ~= "" then value = given end
  end
  return value
end

-- The register ------------------------------------------------------------------------------

local function no_reason(marks)
  local found = with_code(marks, "N")
  return item("A reason is known for every absence (no N left)", #found == 0,
    #found > 0 and ("no reason yet: %s"):format(named(found)) or nil)
end

local function is_in(pupil, mark)
  local reach, last = pupil.school.reach, pupil.school.reach_session
  return reach ~= nil and (mark.date < reach or mark.date == reach and (last ~= "AM" or mark.session == "AM"))
end

local function no_gaps(pupil, marks)
  local found = {}
  for _, mark in ipairs(marks) do
    if mark.class == "missing" and is_in(pupil, mark) then found[#found + 1] = mark end
  end
  return item("No mark is missing", #found == 0, #found > 0 and ("missing: %s"):format(named(found)) or nil)
end

local leave_run = 10 -- half days of G in a row: the leave-of-absence route

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

local function no_leave(marks)
  local run = longest_leave(marks)
  return item("It is no holiday of ten or more half days in a row (G)", #run < leave_run, #run >= leave_run
    and ("%s of holiday in a row from %s: that goes by the leave-of-absence route"):format(half_days(#run),
      half_day(run[1])) or nil)
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

-- The first day that is still within so many months.
local function months_before(day, months)
  local year, month = math.tointeger(tonumber(day:sub(1, 4))), math.tointeger(tonumber(day:sub(6, 7))) - months
  year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
  local same = ("%04d-%02d%s"):format(year, month, day:sub(8))
  if date.parse(same) then return same end
  local next_year, next_month = year + month // 12, month % 12 + 1
  return ("%04d-%02d-01"):format(next_year, next_month)
end

local function too_old(pupil, evidence)
  local earliest, found = months_before(pupil.as_of, config.prosecute_months), {}
  for _, mark in ipairs(evidence:sessions()) do
    if mark.date < earliest then found[#found + 1] = mark end
  end
  return found
end

local function young_enough(pupil, evidence)
  local found = too_old(pupil, evidence)
  return item(("No half day relied on is older than %s"):format(plural(config.prosecute_months, "month")), #found == 0,
    #found > 0 and ("too old to be prosecuted for: %s"):format(named(found)) or nil)
end

-- Support -------------------------------------------------------------------------------------

local function listed(entries, words_of)
  local words = {}
  for i = 1, math.min(#entries, most_named) do words[i] = words_of(entries[#entries - i + 1]) end
  if #entries > most_named then words[#words + 1] = ("%d earlier"):format(#entries - most_named) end
  return #words > 0 and table.concat(words, "; ") or nil
end

local function support_items(case)
  local offered, refused, again = support.offered(case), support.refused(case), support.offered_again(case)
  return item("Support was offered", #offered > 0, listed(offered, support.words)),
    item("Support was not taken up, not engaged with or did not work", #refused > 0, listed(refused, support.words)),
    item("Support that was not taken up was offered again", #again > 0, listed(again, support.words), #refused > 0)
end

local function contract(case)
  local made = support.of(case, "attendance-contract")
  local why = answer(case, "no_contract_because")
  return item("An attendance contract, or why there is none", #made > 0 or why ~= nil, listed(made, support.words)
    or why and "none was made: " .. why or "no contract is recorded, and no reason (no_contract_because)")
end

local function notice(case)
  local list = support.of(case, "notice-to-improve")
  return item("A Notice to Improve", #list > 0, listed(list, support.words), false)
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
  if not parent.known then missing[#missing + 1] = "parental responsibility" end
  local checked = checked_on(parent, case)
  if not checked then
    missing[#missing + 1] = "never checked"
  elseif checked < months_before(pupil.as_of, config.parents_checked_months) then
    missing[#missing + 1] = "last checked on " .. date.english(checked)
  end
  return #missing > 0 and ("%s: %s"):format(parent.name, table.concat(missing, ", ")) or nil
end

local function parents(pupil, case)
  local text = ("Each parent's details, checked in the last %s"):format(plural(config.parents_checked_months, "month"))
  if not people.contacts(pupil) then return item(text, false, "contacts were not shown to this plugin") end
  local list, faults = people.parents(pupil), {}
  if #list == 0 then return item(text, false, "no parent is among the contacts") end
  for _, parent in ipairs(list) do faults[#faults + 1] = parent_fault(parent, pupil, case) end
  return item(text, #faults == 0, #faults > 0 and table.concat(faults, "; ") or nil)
end

-- Questions that a person answers ---------------------------------------------------------------

local function asked(case, name, text)
  local value = answer(case, name)
  return item(text, value == "yes", value == nil and "not answered yet" or value ~= "yes" and "answered: no" or nil)
end

local function social_worker(case)
  local value = answer(case, "social_worker_told")
  local words = { none = "there is none", no = "not told yet", yes = "told" }
  return item("The social worker or youth offending worker was told", value == "yes" or value == "none",
    value == nil and "not answered yet" or words[value])
end

local function thresholds(pupil, own)
  local national = pupil:rolling(england.national)
  local list = { item("The national threshold is met", national.met, national:describe()) }
  if own.rule ~= national.rule then
    list[2] = item("The absences that the authority counts are enough", own.met, own:why_not() or own:describe())
  end
  return list
end

function decision.checklist(pupil, case, how)
  local evidence = threshold_of(pupil, how)
  local marks, list = marks_of(pupil, evidence), thresholds(pupil, evidence)
  local offered, refused, again = support_items(case)
  for _, each in ipairs {
    no_reason(marks), no_gaps(pupil, marks), no_leave(marks), of_age(pupil, evidence),
    young_enough(pupil, evidence), offered, refused, again, contract(case), notice(case), parents(pupil, case),
    asked(case, "adjustments_considered", "Adjustments for special needs and medical conditions were considered"),
    asked(case, "best_tool", "Legal intervention is the best tool now"),
    asked(case, "supervision_order_considered", "An education supervision order was considered"),
    social_worker(case),
  } do
    list[#list + 1] = each
  end
  return list
end

-- Routes ------------------------------------------------------------------------------------------

local pounds = "£%d"

local function issued_words(position)
  local words = {}
  for i, each in ipairs(position.counted) do words[i] = date.english(each.issued_on) end
  return table.concat(words, " and ")
end

local function relied_words(free, all)
  if #free == all then return half_days(all) .. " can be relied on" end
  return ("%d of %s can be relied on: %d were relied on for an earlier notice to this parent for this child"):format(
    #free, half_days(all), all - #free)
end

local amounts = {
  first = function(position)
    return ("First notice: %s, or %s if paid within %d days"):format(pounds:format(position.amount),
      pounds:format(position.reduced_amount), position.reduced_days)
  end,
  second = function(position)
    return ("Second notice within three years of that of %s: %s, without a reduction"):format(
      issued_words(position), pounds:format(position.amount))
  end,
}

-- Why there is too little absence for a notice, in words; nil when there is enough.
local function too_little(pupil, evidence)
  local national = pupil:rolling(england.national)
  if not national.met then return "the national threshold is not met: " .. national:describe() end
  local why = evidence:why_not()
  return why and "what the authority counts is not enough: " .. why
end

local function notice_route(parent, position, evidence, free, why_not)
  local route = { contact = parent.id, route = "penalty notice", open = false }
  if position.none_before then
    route.from = position.none_before
    route.words = ("No notice possible before %s: those of %s lie within three years"):format(
      date.english(position.none_before), issued_words(position))
  elseif not position.next then
    route.words = "The law of that day is not known here"
  else
    route.route = position.next .. " penalty notice"
    route.open = not why_not and #free >= evidence.of
    route.words = items.cut(("%s; %s"):format(amounts[position.next](position),
      why_not or relied_words(free, evidence.count)))
  end
  return route
end

local function prosecution(parent, pupil, evidence, case)
  local old = #too_old(pupil, evidence)
  local words = "By the local authority alone, for half days of the last " .. plural(config.prosecute_months, "month")
  if old > 0 then words = ("%s: %s of these are older"):format(words, half_days(old)) end
  if answer(case, "supervision_order_considered") ~= "yes" then
    words = words .. "; an education supervision order has to be considered first"
  end
  return { contact = parent.id, route = "prosecution", open = evidence.count > old, words = words }
end

local function supervision(parent)
  return { contact = parent.id, route = "education supervision order", open = true,
    words = "The local authority applies for it to the family court" }
end

function decision.routes(pupil, case, how)
  local list, evidence = {}, threshold_of(pupil, how)
  local why_not = too_little(pupil, evidence)
  for _, parent in ipairs(people.parents(pupil)) do
    local position = penalty.position(pupil, case, parent, pupil.as_of)
    local free = penalty.free_sessions(evidence:sessions(), position)
    list[#list + 1] = notice_route(parent, position, evidence, free, why_not)
    list[#list + 1] = prosecution(parent, pupil, evidence, case)
    list[#list + 1] = supervision(parent)
  end
  return list
end

return decision
