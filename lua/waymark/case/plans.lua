-- case/plans: where an entry stands among those of its step: the next version of a plan,
-- the outcome of what runs, or an entry by itself.
--
--   case_plans.place(step, entries, entry) -> { of, replaces, version, adds, from = entry | nil }
--   entries: all of the pupil's; entry: { on, outcome, attempt, of, read (case_fields) }
--
-- 1. A step runs that is a plan, has a period or is one for each parent: its entries
--    without an outcome run until one with an outcome ends them (lua/sdk/entries). An
--    attempt ("rearranged") ends nothing.
-- 2. An outcome belongs to the entry that runs, or to that of the parent; if several do,
--    a person says which. It takes the parent of what it ends.
-- 3. Of a plan, a further entry without an outcome, or with one after which it goes on, is the next
--    version of the one that runs (of the same parent, where one is named). Both stay.
-- 4. Each entry of a further step (a penalty notice) stands alone (`apart`). An outcome
--    that gives another day of issue than what runs is not of that: it begins and ends. What is over may
--    still get an outcome that stands after its own in the step's list: a notice that was paid is withdrawn.
-- 5. What gives nothing but what the step `adds`, and for which parent, is added to what runs; where
--    nothing does, it begins, unless it only says when somebody was told.
-- 6. A second one that runs for a time is not begun for the same parent while one does.
-- 7. Nothing comes before what it belongs to, and an outcome is for the same parent.

local core = require "waymark.core"
local people = require "waymark.case.people"
local problem = require "waymark.base.problem"
local roles = require "waymark.plugin.roles"
local tables = require "waymark.base.tables"
local sdk_entries = core.sdk "entries"

local case_plans = {}

function case_plans.runs(step) return step.plan or step.each_parent or step.period ~= nil end

-- "entry 12 of Tuesday 10 March 2026, for Mrs Byron"
local function words_of(entry)
  local parent = (entry.fields or {}).parent
  return ("entry %d of %s%s"):format(entry.id, core.date.english(entry.on), parent and ", for " .. parent or "")
end

-- The entry of a number, which stands. Raises when there is none.
function case_plans.entry(entries, id)
  local found = sdk_entries.by_id(entries, id)
  if not found then
    problem.raise("the pupil has no entry %s that stands; look at: waymark chronology", tostring(id))
  end
  return found
end

local function check_step(step, entry)
  if entry.step ~= step.name or entry.kind ~= "recorded" then
    problem.raise("entry %d is not one of: %s", entry.id, step.title)
  end
end

-- The running entry that the entry `id` is, or that took its place.
local function running_of(entries, list, id)
  for _, each in ipairs(list) do
    local at = each
    while at do
      if at.id == id then return each end
      at = at.replaces and sdk_entries.by_id(entries, at.replaces)
    end
  end
  problem.raise("%s does not run any more", words_of(case_plans.entry(entries, id)))
end

-- Those that are for the same parent; all, when none is named. An outcome may also be that of what
-- names none (lua/sdk/entries).
local function of_parent(list, read, is_outcome)
  if read.fields.parent == nil then return list end
  local found = {}
  for _, each in ipairs(list) do
    local is_same = sdk_entries.same_parent(each, read)
    if is_same or is_same == nil and is_outcome then found[#found + 1] = each end
  end
  return found
end

-- Each of the step's entries stands alone.
case_plans.is_apart = sdk_entries.is_apart

-- Of what stands alone, those that are not of another day of issue than the given one.
local function of_issue(step, list, read)
  local day = roles.value(step, read, "issued")
  if not day or not case_plans.is_apart(step) then return list end
  local found = {}
  for _, each in ipairs(list) do
    local own = roles.value(step, each, "issued")
    if own == nil or own == day then found[#found + 1] = each end
  end
  return found
end

-- What an entry may be of: what runs; and of what stands alone, to an outcome, what has an earlier one.
local function open_to(step, entries, entry)
  local list, came, place = sdk_entries.running(entries, step.name), {}, {}
  for i, name in ipairs(step.outcomes or {}) do place[name] = i end
  if not case_plans.is_apart(step) or not entry.outcome or entry.attempt then return list, came end
  for _, run in ipairs(sdk_entries.runs(entries, step.name)) do
    local outcome = run.entry and run.outcome and run.outcome ~= run.entry and run.outcome.outcome
    if outcome and (place[outcome] or 0) < place[entry.outcome] then
      list[#list + 1], came[run.entry] = run.entry, outcome
    end
  end
  return list, came
end

-- The one entry that is meant; nil when there is none.
local function meant(step, entries, entry)
  local list, came = open_to(step, entries, entry)
  local found = of_parent(list, entry.read, entry.outcome ~= nil)
  if entry.of then
    local of = running_of(entries, list, entry.of)
    if (of.fields or {}).parent and not of_parent({ of }, entry.read)[1] then
      problem.raise("%s is not for %s", words_of(of), entry.read.fields.parent)
    end
    return of
  end
  found = of_issue(step, found, entry.read)
  if #found < 2 then return found[1] end
  if entry.attempt and not case_plans.is_apart(step) then return nil end
  local words = {}
  for i, each in ipairs(found) do
    words[i] = words_of(each) .. (came[each] and (" (%s)"):format((came[each]:gsub("-", " "))) or "")
  end
  problem.raise("%s: %s (%s); say which with --of NUMBER", step.title,
    next(came) and "it may be of more than one" or "more than one runs", table.concat(words, "; "))
end

local function check_day(entry, of)
  if entry.on < of.on then
    problem.raise("%s comes before %s, which it belongs to", entry.on, words_of(of))
  end
end

-- Whether an entry gives no more than what the step adds, and for which parent; and whether that says
-- only when somebody was told, which begins nothing whatever runs.
local function is_addition(step, entry)
  local n, told = 0, 0
  for name in next, entry.read.fields do
    if name ~= "parent" then
      if entry.outcome or not tables.has(step.adds, name) then return false end
      n, told = n + 1, told + (step.records[name].role == "told" and 1 or 0)
    end
  end
  return n > 0, n > 0 and told == n
end

-- A second one that runs for a time, for the same parent, is no second one: the first would be lost.
local function check_second(step, entries, entry)
  if not (step.each_parent and step.period) or step.plan or entry.outcome then return end
  local list = sdk_entries.running(entries, step.name)
  local one = entry.of and running_of(entries, list, entry.of) or of_parent(list, entry.read)[1]
  if not one then return end
  problem.raise("%s: %s runs, and no second one is begun beside it; say what came of it with --outcome%s", step.title,
    words_of(one), #step.adds > 0 and ", or add to it with --set " .. table.concat(step.adds, "=…, ") .. "=…" or "")
end

function case_plans.place(step, entries, entry)
  if entry.of then check_step(step, case_plans.entry(entries, entry.of)) end
  if not case_plans.runs(step) then return { of = entry.of } end
  local adds, only_told = is_addition(step, entry)
  local found = adds and meant(step, entries, entry)
  if adds and not found then
    if only_told then problem.raise("%s: none runs that this could be added to; record it first", step.title) end
    adds = false
  end
  if not adds then check_second(step, entries, entry) end
  local is_version = step.plan and not adds and (not entry.outcome or tables.has(step.goes_on, entry.outcome))
  if not (is_version or adds or entry.outcome or entry.of) then return {} end
  found = found or meant(step, entries, entry)
  if found then check_day(entry, found) end
  if not is_version then return { of = found and found.id, from = found, adds = adds or nil } end
  return { version = found and (found.version or 1) + 1 or 1, replaces = found and found.id,
    from = found and sdk_entries.as_moved(entries, found) }
end

-- Whether an entry with an outcome begins what it ends: it is the outcome of nothing, and
-- says what it is of.
function case_plans.begins(step, entry)
  return sdk_entries.begins { apart = case_plans.is_apart(step), outcome = entry.outcome, of = entry.place.of,
    fields = entry.read.fields }
end

-- An outcome, or a version, is for the parent that what it belongs to was for.
function case_plans.take_parent(read, body)
  if not (body.fields or {}).parent or read.cleared.parent then return end
  read.fields.parent, read.contacts.parent = body.fields.parent, (body.contacts or {}).parent
end

-- The parents of the pupil that may be written to, "Mrs Byron, Mr Byron".
local function parents_of(contacts)
  local list = {}
  for _, each in ipairs(contacts) do
    if each.may_be_named then list[#list + 1] = each end
  end
  return table.concat(people.names(list), ", ")
end

local a_parent = "a parent has parental responsibility, or the child lives with them"

local function why_no_parent(name, contact, contacts)
  local parents = parents_of(contacts)
  if contact then
    local relationship = (contact.relationship or "") ~= "" and (" (%s)"):format(contact.relationship) or ""
    return ('"%s"%s is not known as a parent: %s%s'):format(name, relationship, a_parent,
      parents ~= "" and (" (parents: %s)"):format(parents) or "")
  end
  local who = #contacts == 0 and "no contacts were imported for the pupil"
    or parents ~= "" and "parents: " .. parents or "none of them is known as a parent"
  return ('"%s" is none of the pupil\'s contacts (%s)'):format(name, who)
end

-- What the authority did (a further step) is taken as it is.
local function why_no_contact(step, contact)
  if not contact.no_contact or case_plans.is_apart(step) then return nil end
  return ('%s is marked "no contact": nobody may write to or ring this person'):format(
    contact.name)
end

-- A step that is one for each parent names one. -> nil, or why the one that is named is not
-- known as a parent, and whether it is no contact at all; raises when none is named. Of whom it is
-- not known, what the authority did (a further step) is taken: it opens nothing. What
-- ends or was tried may say nothing of the parent, and one that was taken once is taken
-- again.
function case_plans.no_parent(step, entry)
  local read, from = entry.read, entry.place.from
  local name, id = read.fields.parent, read.contacts.parent
  if not step.each_parent or entry.ends and not name then return nil end
  local contacts = entry.contacts()
  if not name then
    local parents = parents_of(contacts)
    problem.raise("%s is one for each parent: say for whom with --set parent=NAME%s", step.title,
      parents ~= "" and " (" .. parents .. ")" or "")
  end
  if from and from.fields and from.fields.parent == name then return nil end
  local contact = id and people.by_id(contacts, id)
  local is_taken = contact and (contact.parent == "yes" or contact.parent == "unknown" and case_plans.is_apart(step))
  if is_taken then return why_no_contact(step, contact) end
  return why_no_parent(name, contact, contacts), contact == nil
end

return case_plans
