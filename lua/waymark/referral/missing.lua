-- referral/missing: what a referral still lacks: { { item, words }, … }. An empty list
-- means that the pack is complete.
--
--   the referral's step says by its `checklist` what is needed
--   the gate of the referral's step, asked about the day
--   a contract, or why there is none, and of what was signed a copy; half days whose reason
--   nobody knows yet; a parent who may be named
--
-- Nothing here stops anybody: the command refuses with the list, unless it is told to go
-- on, and then the cover says it.

local consult = require "waymark.ask.consult"
local contracts = require "waymark.referral.contracts"
local core = require "waymark.core"
local evaluate = require "waymark.ask.evaluate"
local problem = require "waymark.base.problem"
local referral_case = require "waymark.referral.case"
local roles = require "waymark.plugin.roles"
local wording = require "waymark.base.words"

local missing = {}

-- What the road map says ---------------------------------------------------------------------------

local function ask(about, what, parent)
  if not about.step then return {} end
  local given = { on = about.day, parent = parent }
  return problem.check(consult.ask(about.space, about.found, about.step.name, what, given))
end

-- What the referral's step says should be there: { { item, there, needed, words }, … }.
-- What is about another parent alone does not count: their notice is none to this one.
function missing.checklist(about) return ask(about, "checklist", about.parent.id) end

-- … and which routes there are: { { contact, route, open, words }, … }
function missing.routes(about) return ask(about, "routes") end

-- What Waymark asks for itself --------------------------------------------------------------

-- A contract that was offered (a refusal is one), or why none was made.
local function has_contract(about)
  for _, entry in ipairs(about.entries) do
    local was_done = entry.kind == "recorded" or entry.kind == "bypassed"
    if was_done and contracts.is_contract(about, entry) then return true end
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
  local function add(item, words) list[#list + 1] = { item = words and ("%s: %s"):format(item, words) or item } end
  local gate = gate_words(about)
  if gate then add(about.step.title, gate) end
  for _, each in ipairs(checklist) do
    if each.needed and not each.there then add(each.item, each.words) end
  end
  if not has_contract(about) and not covers(checklist, "contract") then
    add "An attendance contract, or why there is none"
  end
  for _, each in ipairs(contracts.without_copy(about, items)) do
    add("The signed copy of the contract of " .. core.date.english(each.on), ("none is in the pack (entry %d)"):format(
      each.id))
  end
  local unexplained = #about.extract.unexplained
  if unexplained > 0 and not covers(checklist, "reasons") then
    add("The reason of " .. wording.count(unexplained, "half day"), "the register does not say it yet")
  end
  if not about.parent.may_be_named then
    add("The parent", "it is not known that they have parental responsibility or live with the pupil")
  end
  return list
end

return missing
