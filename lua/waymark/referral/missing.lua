-- referral/missing: what a referral still lacks: { { item, shown }, … }, for staff and as the
-- parent may read it. An empty list means that the pack is complete.
--
--   the referral's step says by its `checklist` what is needed
--   the gate of the referral's step, asked about the day
--   a contract, or why there is none, and of what was signed a copy; half days whose reason
--   nobody knows yet; a parent who may be named
--
-- Nothing here stops anybody: the command refuses with the list, unless it is told to go
-- on, and then the cover says it.

local consult = require "waymark.ask.consult"
local core = require "waymark.core"
local evaluate = require "waymark.ask.evaluate"
local people = require "waymark.case.people"
local problem = require "waymark.base.problem"
local referral_case = require "waymark.referral.case"
local roles = require "waymark.plugin.roles"
local wording = require "waymark.base.words"

local missing = {}

-- What the road map says ---------------------------------------------------------------------------

local function ask(about, what, parent, unseen)
  if not about.step then return {} end
  local given = { on = about.day, parent = parent, unseen = unseen }
  return problem.check(consult.ask(about.space, about.found, about.step.name, what, given))
end

-- The entries that the parent may not read.
local function unseen_of(about)
  local ids = core.array {}
  for _, entry in ipairs(about.entries) do
    if not about.reader:view(entry) then ids[#ids + 1] = entry.id end
  end
  return ids
end

-- Words that name another of the pupil's contacts are not for this one.
local function names_another(about, words)
  for _, contact in ipairs(people.named_in(about.contacts, words)) do
    if contact.id ~= about.parent.id then return true end
  end
  return false
end

-- What the referral's step says should be there: { { item, there, needed, words, shown }, … }.
-- What is about another parent alone does not count: their notice is none to this one. `shown`
-- is what of the words stands in the papers: as the step says it without what the parent may
-- not read.
function missing.checklist(about)
  local list, unseen = ask(about, "checklist", about.parent.id), unseen_of(about)
  local seen, by_item = #unseen > 0 and ask(about, "checklist", about.parent.id, unseen) or list, {}
  for _, each in ipairs(seen) do by_item[each.item] = each end
  for _, each in ipairs(list) do
    local same = by_item[each.item]
    local words = same and same.there == each.there and same.words
    each.shown = words and not names_another(about, words) and words or nil
  end
  return list
end

-- … and which routes there are: { { contact, route, open, words }, … }
function missing.routes(about) return ask(about, "routes") end

-- Contracts: a referral carries copies of them, or why there is none ----------------------------

local function is_contract(about, entry)
  local step = referral_case.step_named(about, entry.step)
  return step ~= nil and step.kind == "contract"
end

local function first_of(about, entry)
  while entry.replaces and about.by_id[entry.replaces] do entry = about.by_id[entry.replaces] end
  return entry.id
end

local function is_signed(about, entry)
  for _, signatures in ipairs(roles.typed(referral_case.step_named(about, entry.step), entry, "signatures")) do
    if type(signatures) == "table" and #signatures > 0 then return true end
  end
  return false
end

local function names_a_contract(entry)
  return ((entry.as or "") .. " " .. (entry.file.name or "")):lower():find("contract", 1, true) ~= nil
end

-- The contracts of which a copy enters, by their first version; and whether one belongs to none.
local function copied(about, items)
  local of_first, loose = {}, false
  for _, item in ipairs(items) do
    local entry = item.file and item.ticked and about.by_id[item.entry]
    local of = entry and about.by_id[entry.of]
    if of and is_contract(about, of) then of_first[first_of(about, of)] = true end
    loose = loose or entry and not entry.of and names_a_contract(entry)
  end
  return of_first, loose
end

-- The version that stands of each contract, the oldest contract first: { { first, entry }, … }
local function standing(about)
  local list, by_first = {}, {}
  for _, entry in ipairs(about.entries) do
    local is_begun = entry.kind == "recorded" and not entry.outcome
    if is_begun and is_contract(about, entry) and about.reader:view(entry) then
      local first = first_of(about, entry)
      if not by_first[first] then
        by_first[first] = { first = first }
        list[#list + 1] = by_first[first]
      end
      by_first[first].entry = entry
    end
  end
  return list
end

-- The signed contracts of which no copy enters, { { id, on }, … }: the version that stands of each,
-- the oldest first. A copy belongs to any of the versions (attach --of), or to none and has
-- "contract" in what it was attached as, or in its name.
local function without_copy(about, items)
  local of_first, loose = copied(about, items)
  local list = {}
  for _, each in ipairs(loose and {} or standing(about)) do
    if is_signed(about, each.entry) and not of_first[each.first] then
      list[#list + 1] = { id = each.entry.id, on = each.entry.on }
    end
  end
  return list
end

-- What Waymark asks for itself --------------------------------------------------------------

-- A contract that was offered (a refusal is one), or why none was made.
local function has_contract(about)
  for _, entry in ipairs(about.entries) do
    local was_done = entry.kind == "recorded" or entry.kind == "bypassed"
    if was_done and is_contract(about, entry) then return true end
    if roles.value(referral_case.step_named(about, entry.step), entry, "why-no-contract") then return true end
  end
  return false
end

local function gate_words(about)
  local step = about.step
  if not step or not step.gated then return nil end
  local filter = { as_of = about.day, enrolment = about.found.enrolment, everyone = true }
  local finding, failure = evaluate.explain(about.space, about.map, filter, step.name)
  if not finding then problem.raise("%s", (failure or {}).message or "the road map could not be asked") end
  return finding.gate
end

local function covers(checklist, subject)
  for _, each in ipairs(checklist) do
    if each.covers == subject then return true end
  end
  return false
end

-- All of it ---------------------------------------------------------------------------------

-- `checklist` as above; `items` (waymark.referral_items), of which the ticked ones enter.
function missing.of(about, checklist, items)
  local list = {}
  local function add(item, words, shown)
    list[#list + 1] = { item = words and ("%s: %s"):format(item, words) or item,
      shown = shown and ("%s: %s"):format(item, shown) or item }
  end
  local gate = gate_words(about)
  if gate then add(about.step.title, gate, gate) end
  for _, each in ipairs(checklist) do
    if each.needed and not each.there then add(each.item, each.words, each.shown) end
  end
  if not has_contract(about) and not covers(checklist, "contract") then
    add "An attendance contract, or why there is none"
  end
  for _, each in ipairs(without_copy(about, items)) do
    local words = ("none is in the pack (entry %d)"):format(each.id)
    add("The signed copy of the contract of " .. core.date.english(each.on), words, words)
  end
  local unexplained = #about.extract.unexplained
  if unexplained > 0 and not covers(checklist, "reasons") then
    local words = "the register does not say it yet"
    add("The reason of " .. wording.count(unexplained, "half day"), words, words)
  end
  if not about.parent.may_be_named then
    local words = "it is not known that they have parental responsibility or live with the pupil"
    add("The parent", words, words)
  end
  return list
end

return missing
