-- case: what people did for a pupil, or why not: recording it, and what it
-- answers. Everything here runs inside the one transaction of a command.
--
-- An entry is an event "entry.KIND" with its text apart (store/case/entries.h):
--   recorded   a step that was done, or tried
--   bypassed   a step that will not be done, with a reason
--   put-off    "not now", with a reason
--   held       nothing to be sent until a day, and who to ask first
--   attached   a file
--   rendered   a document that was made, and not yet sent for all that is known
--   corrected  strikes out another entry
-- Its body: { outcome, attempt, with, reason, note, fields, contacts, audience, audience_chosen,
-- review_on, despite, gate, cannot, evidence, of, apart, version, replaces, adds, scope, wrong_number
-- (case/telephone) }; held: { until, ask, note };
-- attached: { as, of, file = { name, path, digest, bytes } }; rendered: { title, of, file,
-- contacts = { parent = id }, fields = { document, language, parent } }.
--
-- `gate` and `cannot` are what spoke against it (the step's gate, its `complete`) where it
-- was recorded `despite` that. `of` is the number of the entry that it belongs to, and `adds` that
-- it was added to that one while it runs; of a plan `version` counts its versions and `replaces` is
-- the one before (case/plans). `contacts` are the ids of the contacts that `fields` and `with` name
-- (case/fields). `audience` is for whom it is (case/readers), and `audience_chosen` that a person
-- said so. `scope` is "school" where one pupil's family was told of a thing of the school: that
-- answers nothing, nor does what was added.
--
-- What an entry answers (DESIGN §8): a recorded contact or step answers every
-- open suggestion of the pupil that was made, or whose concern began, up to its
-- day; formalise and enforce steps end only by their own record, bypass or
-- lapse. An attempt answers nothing, nor does a meeting that is arranged, before it was held
-- (case/appointments). An entry of an enforce step (a decision, a referral, what
-- came of it) or of a further step is no contact with the family, unless it says with whom, and
-- what the authority did (a penalty notice) never is: it answers its own step alone. A concern
-- that was answered, put off or bypassed is not raised again; a new one is.

local bounds = require "waymark.base.bounds"
local core = require "waymark.core"
local case_entries = require "waymark.case.entries"
local case_fields = require "waymark.case.fields"
local case_files = require "waymark.case.files"
local case_plans = require "waymark.case.plans"
local consult = require "waymark.ask.consult"
local evaluate = require "waymark.ask.evaluate"
local lists = require "waymark.store.lists"
local people = require "waymark.case.people"
local problem = require "waymark.base.problem"
local readers = require "waymark.case.readers"
local roles = require "waymark.plugin.roles"
local tables = require "waymark.base.tables"
local telephone = require "waymark.case.telephone"
local titles = require "waymark.plugin.titles"
local check = core.sdk "check"

local cases = {}

cases.audiences = { "staff", "referral", "family" }

cases.is_formal = case_entries.is_formal
cases.is_contact = case_entries.is_contact
cases.entries = case_entries.entries
cases.last_contacts = case_entries.last_contacts
cases.holds, cases.ended_holds = case_entries.holds, case_entries.ended_holds
cases.to_come, cases.same_of_day = case_entries.to_come, case_entries.same_of_day
cases.add = case_entries.add -- for history.lua, which has rows and no command line
cases.attach, cases.made_last = case_files.attach, case_files.made_last
cases.keep_rendered, cases.keep = case_files.keep_rendered, case_files.keep
cases.findings, cases.pack_document = case_files.findings, case_files.pack_document

-- Checking what was given ----------------------------------------------------------

local function one_of(value, list, what)
  if value == nil then return end
  for _, each in ipairs(list) do
    if each == value then return end
  end
  problem.raise('%s "%s" is not one of: %s%s', what, value, table.concat(list, ", "), check.did_you_mean(value, list))
end

local function reason_codes(map)
  local codes = {}
  for i, each in ipairs(map.declared.reasons or {}) do codes[i] = each.code end
  return codes
end

-- A step by its name, its title, or words that only one of them has: "meeting".
function cases.step(map, name)
  if not map.declared then problem.no_road_map(map) end
  local known = titles.of(map.declared.steps_by_name)
  local found = titles.find(name, known)
  local with = found and { found } or titles.with(name, known)
  if #with == 1 then return map.declared.steps_by_name[with[1]] end
  if #with > 1 then problem.raise('"%s" may be any of: %s; say which', name, table.concat(with, ", ")) end
  local names = {}
  for i, each in ipairs(map.declared.steps) do names[i] = each.name end
  local near = check.did_you_mean(name, names)
  if near == "" then near = "; its steps are: " .. table.concat(names, ", ") end
  problem.raise('the road map has no step "%s"%s', name, near)
end

-- The contacts of a pupil, read when they are first asked for.
local function contacts_of(space, pupil)
  local list
  return function()
    list = list or people.of(space, pupil)
    return list
  end
end

-- Asking the road map ---------------------------------------------------------------

-- Ask the step's gate about the entry's own day. -> why held back | nil, evidence
local function ask_gate(space, map, pupil, step, on)
  if not step.gated then return nil, nil end
  local filter = { as_of = on, enrolment = pupil.enrolment, everyone = true }
  local finding, failure = evaluate.explain(space, map, filter, step.name)
  if not finding then return nil, nil, failure end
  local evidence = finding.verdict == "suggest" and finding.evidence or finding.consulted
  return finding.gate, evidence
end

-- Let the step work out what was not given: entry.worked_out, by name; what it does wrongly
-- keeps nothing from being recorded. It sees of the case what whoever may read the entry may.
-- -> why it cannot be | nil, what went wrong
local function ask_complete(space, pupil, step, entry, contacts, audience)
  if not step.completes then return nil end
  local fields = {}
  for name, value in next, entry.read.fields do fields[name] = value end
  local all, parent = people.all(space, pupil), nil
  for _, contact in ipairs(all) do -- what each parent has of their own is that parent's to read
    if step.each_parent and contact.id == entry.read.contacts.parent then parent = contact end
  end
  local entries = cases.entries(space, { pupil = pupil.pupil })
  local reader = readers.new(space, audience, all, entries, parent)
  local answer, failure = consult.ask(space, pupil, step.name, "complete", { fields = fields, on = entry.on,
    hidden = reader:hidden(entries) })
  if not answer then return nil, failure end
  local fine, raised = pcall(case_fields.complete, entry.read, step, answer.fields or {}, contacts)
  if fine then
    for name, value in next, entry.read.fields do entry.worked_out[name] = fields[name] == nil and value or nil end
    return answer.why
  end
  if not problem.is(raised) then error(raised, 0) end
  return answer.why, consult.failure(space, pupil, step, raised.message)
end

-- Who decided is recorded with everything formal.
local function check_by(step, given)
  if given.by or not cases.is_formal(step) then return end
  problem.raise('%s: who decided is recorded with it; say it with --by NAME, or once in waymark.lua: by "NAME"',
    step.title)
end

local function refuse(step, on, why, more)
  problem.raise('%s on %s: %s; if it was done all the same, say why with --despite "…"%s', step.title, on, why,
    more or "")
end

-- Recording -----------------------------------------------------------------------

-- What is given, read: { on, outcome, attempt, of, place, read, contacts, ends, no_parent,
-- by_name (case_plans) }. What ends something, is added to it, or was tried, need not repeat what
-- is recorded of it.
local function entry_of(space, pupil, step, given, on)
  local entry = { on = on, outcome = given.outcome, attempt = tables.has(step.attempts, given.outcome) or nil,
    of = given.of, contacts = contacts_of(space, pupil), worked_out = {} }
  entry.read = case_fields.read(step, given.fields, entry.contacts)
  local entries = cases.entries(space, { pupil = pupil.pupil })
  entry.place = case_plans.place(step, entries, entry)
  entry.ends = step.scope == "school" or entry.place.adds or not case_plans.begins(step, entry)
    and (entry.attempt or case_plans.runs(step) and entry.outcome ~= nil and not entry.place.version)
  local from = entry.place.from
  if entry.place.replaces then case_fields.take_over(entry.read, from, step, on) end
  if from and (entry.ends or entry.place.replaces) then case_plans.take_parent(entry.read, from) end
  if not entry.ends then case_fields.add_defaults(entry.read, step, entry.contacts) end
  entry.no_parent, entry.by_name = case_plans.no_parent(step, entry)
  return entry
end

-- An outcome may be written as people read it: "not taken up".
local function check_given(map, step, given)
  given.outcome = given.outcome and (titles.find(given.outcome, titles.of_list(step.outcomes)) or given.outcome)
  if step.scope == "school" and not given.outcome then
    problem.raise("%s is a thing of the school: waymark record-school %s; for one pupil say what came of it with"
      .. " --outcome", step.title, step.name)
  end
  one_of(given.outcome, step.outcomes or {}, "the outcome")
  one_of(given.audience, cases.audiences, "the audience")
  one_of(given.reason, reason_codes(map), "the reason")
end

local function body_of(step, given, entry)
  local read, place, with = entry.read, entry.place, nil
  if given.with then with, read.contacts.with = case_fields.name(given.with, entry.contacts) end
  local audience, chosen = readers.given(step, given)
  return {
    outcome = given.outcome, attempt = entry.attempt, with = with,
    reason = given.reason, note = given.note, audience = audience, audience_chosen = chosen,
    review_on = given.review_on, fields = read.fields, contacts = next(read.contacts) and read.contacts or nil,
    despite = given.despite, of = place.of, apart = case_plans.is_apart(step) or nil, version = place.version,
    replaces = place.replaces, adds = place.adds,
    scope = step.scope == "school" and "school" or nil,
  }
end

-- What a person should know of whom the entry names: a "mum" who is no contact; that no copy for a
-- parent has it. -> sentences
local function notes_on(space, pupil, step, entry)
  local notes, contacts = {}, people.all(space, pupil)
  local function look(name, text)
    local kin = type(text) == "string" and not (entry.contacts or {})[name] and people.kin(text)
    if kin then
      notes[#notes + 1] = ('no contact of %s is known as the %s: "%s" is kept as you wrote it'):format(pupil.name, kin,
        text)
    end
  end
  look("with", entry.with)
  for _, name in ipairs(check.names(step.records or {})) do
    local kind, value = step.records[name].type, entry.fields[name]
    for _, text in ipairs((kind == "contact" or kind == "contacts") and { value } or {}) do look(name, text) end
  end
  if readers.new(space, "family", contacts, cases.entries(space, { pupil = pupil.pupil })):may_be(entry) then
    notes[#notes + 1] = "it names no parent, and the parents may live apart: no copy for one of them has it; say with "
      .. "whom (--with), or later: waymark audience"
  end
  return notes
end

-- Whether an entry says all that a body does.
local function says(entry, body)
  if entry.outcome ~= body.outcome or body.audience_chosen and entry.audience ~= body.audience then return false end
  for _, name in ipairs { "with", "reason", "note", "review_on", "of", "despite" } do
    if body[name] ~= nil and body[name] ~= entry[name] then return false end
  end
  for name, value in next, body.fields do
    local own = (entry.fields or {})[name]
    if own == nil or core.encode(own) ~= core.encode(value) then return false end
  end
  return true
end

-- What was done once is recorded once, by a command and by a list that comes back: the entry, if there is one
-- that came the other way, of the same day, and that says all of it.
local function recorded_by_other(space, pupil, step, event, body, by_list)
  local from_lists
  for _, entry in ipairs(cases.entries(space, { pupil = pupil.pupil, kind = "entry.recorded" })) do
    if entry.step == step.name and entry.on == event.on and says(entry, body) then
      from_lists = from_lists or lists.events(space.store)
      if (from_lists[entry.id] or false) ~= (by_list or false) then return entry.id end
    end
  end
end

-- Record that a step was done or tried. `given`: outcome, on, with, note, reason,
-- audience, review_on, by, despite, all texts; of, the number of an entry; fields, texts or
-- lists of texts by name; by_list, true of a row of a list.
-- -> id of the event, number of suggestions answered, what went wrong with asking the plugin,
-- the fields that the step worked out, sentences on whom it names; or the id of what was recorded
-- the other way, nil, what went wrong, {}, {}, true
function cases.record(space, pupil, name, given)
  case_entries.check_day(space, given)
  local map = space:map_for_school(pupil.school)
  local step = cases.step(map, name)
  check_given(map, step, given)
  check_by(step, given)
  local event = case_entries.event(space, pupil, "recorded", given, step)
  local entry = entry_of(space, pupil, step, given, event.on)
  local gate, evidence, failure = ask_gate(space, map, pupil, step, event.on)
  if entry.place.of then gate = nil end -- what came of it is never held back
  if gate and not given.despite then refuse(step, event.on, gate) end
  local cannot, fault
  if not entry.ends then
    cannot, fault = ask_complete(space, pupil, step, entry, entry.contacts, (readers.given(step, given)))
  end
  if entry.no_parent then cannot = cannot and entry.no_parent .. "; " .. cannot or entry.no_parent end
  if cannot and not given.despite then
    refuse(step, event.on, cannot, entry.by_name and ", and the name is kept as you write it")
  end
  case_fields.check(entry.read, step, not entry.ends)
  local body = body_of(step, given, entry)
  local known = recorded_by_other(space, pupil, step, event, body, given.by_list)
  if known then return known, nil, failure or fault, {}, {}, true end
  body.gate, body.cannot, body.evidence = gate, cannot, evidence
  if tables.has(step.wrong_number, given.outcome) then
    local names_somebody = body.with or roles.value(step, body, "with")
    body.wrong_number = telephone.mark(entry.contacts(), cases.entries(space, { pupil = pupil.pupil }),
      names_somebody and entry.read.contacts or nil, people.all(space, pupil))
  end
  local id, answered = cases.add(space, pupil, event, body, step.scope ~= "school" and not entry.place.adds,
    map.declared.steps_by_name)
  local flat = { id = id, school = pupil.school, step = step.name }
  for field, value in next, body do flat[field] = value end
  return id, answered, failure or fault, entry.worked_out, notes_on(space, pupil, step, flat)
end

local function set_aside(space, pupil, name, given, kind)
  case_entries.check_day(space, given)
  local map = space:map_for_school(pupil.school)
  local step = cases.step(map, name)
  if not given.reason and not given.note then
    problem.raise("say why: give a note, or a reason (%s)", table.concat(reason_codes(map), ", "))
  end
  one_of(given.reason, reason_codes(map), "the reason")
  check_by(step, given)
  local body = { reason = given.reason, note = given.note }
  body.audience, body.audience_chosen = readers.given(kind == "bypassed" and step or nil, given)
  local event = case_entries.event(space, pupil, kind, given, step)
  return cases.add(space, pupil, event, body, true, map.declared.steps_by_name)
end

-- A step that will not be done; "not now". -> id, number of suggestions ended
function cases.bypass(space, pupil, name, given) return set_aside(space, pupil, name, given, "bypassed") end
function cases.put_off(space, pupil, name, given) return set_aside(space, pupil, name, given, "put-off") end

-- Nothing is sent for the pupil until a day; `ask` says whom to ask first.
function cases.hold(space, pupil, given)
  case_entries.check_day(space, given)
  local event = case_entries.event(space, pupil, "held", given)
  local body = { ["until"] = given["until"], ask = given.ask, note = given.note,
    audience = given.audience or "staff" }
  return (cases.add(space, pupil, event, body))
end

-- What is said of an entry that is there: as much as one may hold.
local function check_bounds(space, given)
  local fault = bounds.entry_fault({ given.by, given.why }, space:today())
  if fault then problem.raise("%s", fault) end
end

-- Strike out entry `of` of the pupil. What it answered is open again.
function cases.correct(space, pupil, of, given)
  if not given.why or given.why == "" then problem.raise "say why, with --why TEXT" end
  check_bounds(space, given)
  return problem.check(space.store:strike_entry { of = of, enrolment = pupil.enrolment, at = space.now,
    on = space:today(), by = given.by, data = { of = of, why = given.why } })
end

-- Who may read entries from now on. given: audience; parents, as a person names them: these, else
-- those with whom it was done; why, by. -> the titles of the entries
function cases.set_audience(space, pupil, ids, given)
  check_bounds(space, given)
  local contacts, readable, titles_of = people.of(space, pupil), core.array {}, {}
  if given.audience == "staff" and #given.parents > 0 then problem.raise "--parent is for --for family or referral" end
  for i, text in ipairs(given.parents) do
    local parent = people.pick(contacts, text, pupil.name)
    if not parent.may_be_named then
      problem.raise("%s is not known as a parent of %s, or may not be contacted", parent.name, pupil.name)
    end
    readable[i] = parent.id
  end
  local entries = cases.entries(space, { pupil = pupil.pupil })
  for i, id in ipairs(ids) do
    local entry = case_plans.entry(entries, id)
    local step = space:step(entry.school, entry.step)
    titles_of[i] = step and step.title or (entry.step or entry.kind):gsub("-", " ")
    problem.check(space.store:add_event { kind = "audience.changed", at = space.now, on = space:today(),
      enrolment = pupil.enrolment, step = entry.step, by = given.by,
      data = { of = id, audience = given.audience, readers = #readable > 0 and readable or nil, why = given.why } })
  end
  return titles_of
end

return cases
