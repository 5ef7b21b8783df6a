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
    return ("Second notice within three years of that of %s: %s, without a reduction"):format(
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
    route.words = ("No notice possible before %s: those of %s lie within three years"):format(
      date.english(position.none_before), issued_words(position))
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

local settles = { paid = true, convicted = true, ["not-convicted"] = true }

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

-- Of marks, those that are still free to prosecute for, those that a paid notice or a court
-- has dealt with, and the day before which the others wait (EA 1996 s.444A).
local function prosecutable(marks, list, as_of)
  local state, free, settled, waits = {}, {}, 0, nil
  for _, each in ipairs(list) do
    local by = each.status == "open" and each.pay_by >= as_of and each.pay_by or nil
    for _, session in ipairs(each.sessions) do
      if settles[each.status] then state[session] = "settled" elseif by then state[session] = state[session] or by end
    end
  end
  for _, mark in ipairs(marks) do
    local found = state[penalty.session_name(mark)]
    if not found then
      free[#free + 1] = mark
    elseif found == "settled" then
      settled = settled + 1
    elseif not waits or found > waits then
      waits = found
    end
  end
  return free, settled, waits
end

local function prosecution(parent, pupil, evidence, case)
  local marks, old = evidence:sessions(), {}
  for _, mark in ipairs(basis.too_old(pupil, evidence)) do old[penalty.session_name(mark)] = true end
  local free, settled, waits = prosecutable(marks, payable_notices(pupil, case, parent), pupil.as_of)
  local usable, n_old = 0, 0
  for _, mark in ipairs(free) do usable = usable + (old[penalty.session_name(mark)] and 0 or 1) end
  for _ in pairs(old) do n_old = n_old + 1 end
  local words = { "By the local authority alone, for half days of the last "
    .. plural(config.prosecute_months, "month") }
  if n_old > 0 then words[1] = ("%s: %s of these are older"):format(words[1], half_days(n_old)) end
  if settled > 0 then
    words[#words + 1] = ("not for %s: a notice that was paid, or a court, has dealt with them"):format(
      half_days(settled))
  end
  if waits then
    words[#words + 1] = ("not before %s for those of a notice that can still be paid"):format(
      date.english(date.add(waits, 1)))
  end
  if answer(case, "supervision_order_considered") ~= "yes" then
    words[#words + 1] = "an education supervision order has to be considered first"
  end
  return { contact = parent.id, route = "prosecution", open = usable > 0, words = items.cut(table.concat(words, "; ")),
    from = usable == 0 and waits and date.add(waits, 1) or nil }
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
  return list
end

return routes
