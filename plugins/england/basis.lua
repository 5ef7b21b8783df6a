-- basis: the half days that a decision on legal intervention relies on: those of the threshold
-- as it is met now, else those of a Notice to Improve that did not work and was given while it
-- was met. It has the words that the checklist and the routes share.
--
--   basis.of(pupil, case, how, parent)   { evidence, national, notice_of = date? }; `how` as
--                                        decision.lua has it; of any parent without `parent`
--   basis.of_notice(found)               in words, when there is a notice_of
--   basis.answer(case, name)             the last answer recorded with the decision | nil
--   basis.allowed(parent, case)          whether a parent allowed the absence, as was recorded last | nil
--   basis.order_considered(case)         whether an education supervision order was considered; in words
--   basis.too_old(pupil, evidence)       the half days that are too old to be prosecuted for
--   basis.threshold(national)            the national threshold in words, with when it was met, if it is not now
--   basis.below(national)                nil, or that it is not met, or not now, as a reason why not
--   basis.months_before(day, n), basis.months_after(day, n), basis.plural(n, word), basis.half_days(n)

local england = require "england"
local notices = require "england.notices"
local people = require "england.people"
local support = require "england.support"

local basis = {}

function basis.plural(n, word) return ("%d %s%s"):format(n, word, n == 1 and "" or "s") end
function basis.half_days(n) return basis.plural(n, "half day") end

local function is_of(run, parent) return not parent or run.parent == nil or people.same(parent, run) end

-- Of the parent (or any): the latest notice that did not work and was given while the
-- threshold was met.
local function failed_notice(pupil, case, how, parent)
  local list = how.at_notice and notices.not_improved(case) or {}
  for i = #list, 1, -1 do
    local evidence = is_of(list[i], parent) and notices.evidence(pupil, list[i], how.at_notice)
    if evidence then return evidence, notices.issued_on(list[i]) end
  end
end

-- What is relied on: { evidence, national, notice_of = the day of the notice by whose window
-- it goes, when the threshold is not met any more }.
function basis.of(pupil, case, how, parent)
  local found = { evidence = pupil:rolling(how.threshold or england.national),
    national = pupil:rolling(england.national) }
  if found.evidence.met and found.national.met then return found end
  local evidence, issued_on = failed_notice(pupil, case, how, parent)
  if evidence then found.evidence, found.notice_of = evidence, issued_on end
  return found
end

function basis.of_notice(found)
  return ("it was met when the Notice to Improve of %s was issued; %s to the end of its period"):format(
    date.english(found.notice_of), basis.half_days(found.evidence.count))
end

-- The last answer that was recorded with the decision, in any entry of it.
function basis.answer(case, name)
  local value
  for _, entry in ipairs(case:entries "legal-decision") do
    local given = (entry.fields or {})[name]
    if given ~= nil and given ~= "" then value = given end
  end
  return value
end

-- Whether a field of an entry names a parent: by number, where it has numbers.
local function names(entry, field, parent)
  local ids = (entry.contacts or {})[field]
  for _, id in ipairs(ids or {}) do
    if id == parent.id then return true end
  end
  for _, name in ipairs(not ids and (entry.fields or {})[field] or {}) do
    if fold(name) == fold(parent.name) then return true end
  end
  return false
end

function basis.allowed(parent, case)
  local allowed
  for _, entry in ipairs(case:entries "legal-decision") do
    if names(entry, "allowed_by", parent) then allowed = true end
    if names(entry, "not_allowed_by", parent) then allowed = false end
  end
  return allowed
end

-- With the decision, or long before it, while support was formalised (EA 1996 s.447).
function basis.order_considered(case)
  local list = support.of(case, "supervision-order")
  if #list > 0 then return true, support.words(list[#list]) end
  local value = basis.answer(case, "supervision_order_considered")
  return value == "yes", value == nil and "not answered yet" or value ~= "yes" and "answered: no" or nil
end

-- The first day that is still within so many months.
function basis.months_before(day, months)
  local year, month = math.tointeger(tonumber(day:sub(1, 4))), math.tointeger(tonumber(day:sub(6, 7))) - months
  year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
  local same = ("%04d-%02d%s"):format(year, month, day:sub(8))
  if date.parse(same) then return same end
  local next_year, next_month = year + month // 12, month % 12 + 1
  return ("%04d-%02d-01"):format(next_year, next_month)
end

-- The last day that is still within so many months of a day.
function basis.months_after(day, months)
  local same = basis.months_before(day, -months)
  return same:sub(9) == day:sub(9) and same or date.add(same, -1)
end

-- What left the window is no threshold that was never met.
function basis.threshold(national)
  if national.met or not national.first_met then return national:describe() end
  return ("met on %s, not in the %s weeks to today: %s"):format(date.english(national.first_met:sub(1, 10)),
    national.weeks == 10 and "ten" or national.weeks, national:describe())
end

function basis.below(national)
  if national.met then return nil end
  return ("the national threshold %s %s"):format(national.first_met and "was" or "is not met:",
    basis.threshold(national))
end

function basis.too_old(pupil, evidence)
  local earliest, found = basis.months_before(pupil.as_of, config.prosecute_months), {}
  for _, mark in ipairs(evidence:sessions()) do
    if mark.date < earliest then found[#found + 1] = mark end
  end
  return found
end

return basis
