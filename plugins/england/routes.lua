-- routes: which routes are open for each parent: a penalty notice, prosecution, an education
-- supervision order. It reads what decision.lua reads, and decides nothing.
--
-- Sources: Education Act 1996 s.444 (prosecution has no threshold), s.444A (a paid notice
-- discharges liability for its half days, and no proceedings begin while it can be paid; an
-- unpaid one is prosecuted or withdrawn) and s.447; Magistrates' Courts Act 1980 s.127 (an
-- information is laid within six months); Children Act 1989 s.36 (supervision orders).
--
--   routes.of(pupil, case, how)   list of { contact, route, open, words, from }

local age = require "england.age"
local basis = require "england.basis"
local england = require "england"
local items = require "england.item"
local penalty = require "england.penalty"
local people = require "england.people"
local sessions = require "england.sessions"

local plural, half_days = basis.plural, basis.half_days

local routes = {}

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
    return ("Second notice within %d years of that of %s: %s, without a reduction"):format(position.years,
      issued_words(position), pounds:format(position.amount))
  end,
}

-- Why there is too little absence for a notice, in words; nil when there is enough.
local function too_little(found)
  if found.notice_of then return nil end
  if not found.national.met then return basis.below(found.national) end
  local why = found.evidence:why_not()
  return why and "what the authority counts is not enough: " .. why
end

local function notice_route(parent, position, found, free)
  local why_not = too_little(found)
  local route = { contact = parent.id, route = "penalty notice", open = false }
  if position.none_before then
    route.from = position.none_before
    route.words = ("No notice possible before %s: those of %s lie within %d years"):format(
      date.english(position.none_before), issued_words(position), position.years)
  elseif not position.next then
    route.words = "The law of that day is not known here"
  else
    route.route = position.next .. " penalty notice"
    route.open = not why_not and #free >= found.evidence.of
    route.words = items.cut(("%s; %s"):format(amounts[position.next](position),
      why_not or relied_words(free, found.evidence.count)))
  end
  return route
end

-- What an outcome makes of a notice's half days: nobody is prosecuted for them again.
local settles = { paid = "settled", convicted = "settled", ["not-convicted"] = "settled", prosecuted = "in court" }

local settled_words = {
  settled = "not for %s: a notice that was paid, or a court, has dealt with them",
  ["in court"] = "not for %s: proceedings were begun for them already",
}

-- The parent's penalty notices, each with the last day to pay.
local function payable_notices(pupil, case, parent)
  local list = penalty.notices(pupil, case, parent)
  for _, each in ipairs(list) do
    local fields, law = each.entry.fields or {}, penalty.law(each.issued_on)
    each.pay_by = fields.pay_by
      or date.add(fields.served_on or each.issued_on, (law and law.days or 1) - 1)
  end
  return list
end

-- Of marks, those that are still free to prosecute for; how many are settled or in court; and
-- those that wait, with the day before which the last of them does (EA 1996 s.444A).
local function prosecutable(marks, list, as_of)
  local state, found = {}, { free = {}, waiting = {}, settled = 0, ["in court"] = 0 }
  for _, each in ipairs(list) do
    local by = each.status == "open" and each.pay_by >= as_of and date.add(each.pay_by, 1) or nil
    for _, session in ipairs(each.sessions) do state[session] = settles[each.status] or state[session] or by end
  end
  for _, mark in ipairs(marks) do
    local now = state[sessions.name(mark)]
    if not now then
      found.free[#found.free + 1] = mark
    elseif settled_words[now] then
      found[now] = found[now] + 1
    else
      found.waiting[#found.waiting + 1] = mark
      if not found.from or now > found.from then found.from = now end
    end
  end
  return found
end

-- How many are too old to be prosecuted for on a day.
local function count_old(marks, day)
  local earliest, n = basis.months_before(day, config.prosecute_months), 0
  for _, mark in ipairs(marks) do n = n + (mark.date < earliest and 1 or 0) end
  return n
end

local function waiting_words(found)
  local words = ("not before %s for those of a notice that can still be paid"):format(date.english(found.from))
  local old = count_old(found.waiting, found.from)
  return old == 0 and words or ("%s, and %s of these will be too old by then"):format(words, half_days(old))
end

-- Until when an information can be laid, for the first and the last of some days.
local function last_day_words(first, last)
  local day = date.english(basis.months_after(first, config.prosecute_months))
  if first == last then return ("the last day to lay an information is %s"):format(day) end
  return ("the last day to lay an information is %s for the first of them, %s for the last"):format(day,
    date.english(basis.months_after(last, config.prosecute_months)))
end

local function prosecution_words(found, case)
  local free, months = found.free, plural(config.prosecute_months, "month")
  local words = { ("By the local authority alone: no unauthorised half day of the last %s is left"):format(months) }
  if #free > 0 then
    words[1] = ("By the local authority alone, for %s without leave in the last %s: %s"):format(half_days(#free),
      months, last_day_words(free[1].date, free[#free].date))
  end
  for _, kind in ipairs { "settled", "in court" } do
    if found[kind] > 0 then words[#words + 1] = settled_words[kind]:format(half_days(found[kind])) end
  end
  if found.from then words[#words + 1] = waiting_words(found) end
  if not basis.order_considered(case) then
    words[#words + 1] = "an education supervision order has to be considered first"
  end
  return items.cut(table.concat(words, "; "))
end

-- By all unauthorised half days that are not too old, whatever the threshold holds.
local function prosecution(parent, pupil, list, case)
  local earliest = basis.months_before(pupil.as_of, config.prosecute_months)
  local found = prosecutable(pupil:count(england.unauthorised, earliest, pupil.as_of):sessions(), list, pupil.as_of)
  local open = #found.free > 0
  local later = not open and found.from and #found.waiting > count_old(found.waiting, found.from)
  return { contact = parent.id, route = "prosecution", open = open, words = prosecution_words(found, case),
    from = later and found.from or nil }
end

-- By a notice that was not paid: it is prosecuted, or withdrawn. That it was not, a person says.
local function unpaid(parent, pupil, each)
  local words = each.not_paid and "The notice of %s was not paid by %s: it is prosecuted or withdrawn; "
    or "Of the notice of %s, to be paid by %s, no payment is recorded: unpaid, it is prosecuted or withdrawn; "
  words = words:format(date.english(each.issued_on), date.english(each.pay_by))
  table.sort(each.sessions)
  local first, last = each.sessions[1], each.sessions[#each.sessions]
  local route = { contact = parent.id, route = "prosecution by an unpaid notice", open = false }
  if not first then
    route.words = words .. "which half days it relies on is not recorded here"
    return route
  end
  first, last = first:sub(1, 10), last:sub(1, 10)
  route.open = basis.months_after(last, config.prosecute_months) >= pupil.as_of
  route.words = words .. (route.open and last_day_words(first, last)
    or "all its half days are too old to be prosecuted for")
  return route
end

-- For a child of compulsory school age only (Children Act 1989 s.36(3)); without a date of birth taken
-- as of that age.
local function supervision(parent, pupil)
  local ok, dob = pcall(function() return pupil.dob end)
  local open = not ok or not dob or age.is_of_age(dob, pupil.as_of, england.compulsory)
  return { contact = parent.id, route = "education supervision order", open = open,
    words = open and "The local authority applies for it to the family court"
      or "Only for a child of compulsory school age" }
end

-- What has to be known of a parent before anything goes to them: first, so that no cut takes it.
local function about(contact, allowed)
  return (allowed == false and "By the decision this parent did not allow the absence. " or "")
    .. (contact.no_contact and "This parent may not be contacted. " or "")
    .. (contact.lives_with == false and "This parent does not live with the child. " or "")
end

function routes.of(pupil, case, how)
  local list = {}
  for _, parent in ipairs(people.parents(pupil)) do
    local before = #list
    local found = basis.of(pupil, case, how or {}, parent)
    local position = penalty.position(pupil, case, parent, pupil.as_of)
    local free = penalty.free_sessions(found.evidence:sessions(), position)
    local allowed, notice = basis.allowed(parent, case), notice_route(parent, position, found, free)
    notice.open = notice.open and allowed ~= false -- a notice is for a parent who allowed the absence
    list[#list + 1] = notice
    local notices = payable_notices(pupil, case, parent)
    list[#list + 1] = prosecution(parent, pupil, notices, case)
    list[#list + 1] = supervision(parent, pupil)
    for _, each in ipairs(notices) do
      if each.status == "open" and each.pay_by < pupil.as_of then list[#list + 1] = unpaid(parent, pupil, each) end
    end
    for i = before + 1, #list do list[i].words = items.cut(about(parent.contact, allowed) .. list[i].words) end
  end
  for _, each in ipairs(people.unknown(pupil)) do
    list[#list + 1] = { contact = each.id, route = "any route", open = false,
      words = "It is not known whether they are a parent (parental responsibility, or care of the child)" }
  end
  return list
end

return routes
