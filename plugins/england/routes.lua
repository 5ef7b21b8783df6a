-- routes: which routes are open for each parent: a penalty notice, prosecution, an education
-- supervision order. It reads what decision.lua reads, and decides nothing.
--
-- Sources: Education Act 1996 s.444A (a paid notice discharges liability for its half days,
-- and no proceedings begin while it can be paid) and s.447.
--
--   routes.of(pupil, case, how)   list of { contact, route, open, words, from }

local basis = require "england.basis"
local items = require "england.item"
local penalty = require "england.penalty"
local people = require "england.people"
local sessions = require "england.sessions"

local plural, half_days, answer = basis.plural, basis.half_days, basis.answer

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
  if not found.national.met then return "the national threshold is not met: " .. found.national:describe() end
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

local function prosecution_words(found, n_old, case)
  local words = { "By the local authority alone, for half days of the last "
    .. plural(config.prosecute_months, "month") }
  if n_old > 0 then words[1] = ("%s: %s of these are older"):format(words[1], half_days(n_old)) end
  for _, kind in ipairs { "settled", "in court" } do
    if found[kind] > 0 then words[#words + 1] = settled_words[kind]:format(half_days(found[kind])) end
  end
  if found.from then words[#words + 1] = waiting_words(found) end
  if answer(case, "supervision_order_considered") ~= "yes" then
    words[#words + 1] = "an education supervision order has to be considered first"
  end
  return items.cut(table.concat(words, "; "))
end

local function prosecution(parent, pupil, evidence, case)
  local marks = evidence:sessions()
  local found = prosecutable(marks, payable_notices(pupil, case, parent), pupil.as_of)
  local open = #found.free > count_old(found.free, pupil.as_of)
  local later = not open and found.from and #found.waiting > count_old(found.waiting, found.from)
  return { contact = parent.id, route = "prosecution", open = open,
    words = prosecution_words(found, count_old(marks, pupil.as_of), case), from = later and found.from or nil }
end

local function supervision(parent)
  return { contact = parent.id, route = "education supervision order", open = true,
    words = "The local authority applies for it to the family court" }
end

function routes.of(pupil, case, how)
  local list = {}
  for _, parent in ipairs(people.parents(pupil)) do
    local found = basis.of(pupil, case, how or {}, parent)
    local position = penalty.position(pupil, case, parent, pupil.as_of)
    local free = penalty.free_sessions(found.evidence:sessions(), position)
    list[#list + 1] = notice_route(parent, position, found, free)
    list[#list + 1] = prosecution(parent, pupil, found.evidence, case)
    list[#list + 1] = supervision(parent)
  end
  for _, each in ipairs(people.unknown(pupil)) do
    list[#list + 1] = { contact = each.id, route = "any route", open = false,
      words = "It is not known whether they are a parent (parental responsibility, or care of the child)" }
  end
  return list
end

return routes
