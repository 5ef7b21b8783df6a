-- cases: what people did for a pupil, or why not: recording it, and what it
-- answers. Everything here runs inside the one transaction of a command.
--
-- An entry is an event "entry.KIND" with its text apart (store/entries.h):
--   recorded   a step that was done, or tried
--   bypassed   a step that will not be done, with a reason
--   put-off    "not now", with a reason
--   held       nothing to be sent until a day, and who to ask first
--   attached   a file
--   corrected  strikes out another entry
-- Its body: { outcome, attempt, with, reason, note, fields, audience, review_on,
-- despite, gate, evidence }; held: { until, ask, note }; attached: { as, file =
-- { name, path, digest, bytes } }.
--
-- What an entry answers (DESIGN §8): a recorded contact or step answers every
-- open suggestion of the pupil that was made, or whose concern began, up to its
-- day; formalise and enforce steps end only by their own record, bypass or
-- lapse. An attempt answers nothing. A concern that was answered, put off or
-- bypassed is not raised again; a new one is.

local core = require "waymark.core"
local evaluate = require "waymark.evaluate"
local files = require "waymark.files"
local problem = require "waymark.problem"
local check = core.sdk "check"

local cases = {}

cases.audiences = { "staff", "referral", "family" }
local formal = { formalise = true, enforce = true }

function cases.is_formal(step) return step ~= nil and formal[step.principle] == true end

-- Reading ------------------------------------------------------------------------

-- The entries of a pupil (or of all), in the order of their day; struck out ones
-- have `struck` and no body. `kind` is without "entry.".
function cases.entries(space, filter)
  local wanted = { kind = "entry." }
  for name, value in next, filter or {} do wanted[name] = value end
  local list = problem.check(space.store:entries(wanted))
  for _, entry in ipairs(list) do entry.kind = entry.kind:sub(7) end
  return list
end

local function counts_as_contact(entry)
  return entry.kind == "recorded" and not entry.struck and entry.body and not entry.body.attempt
end

-- For each pupil (row number): the day of the latest recorded contact by a day.
function cases.last_contacts(space, as_of)
  local last = {}
  for _, entry in ipairs(cases.entries(space, { kind = "entry.recorded", as_of = as_of })) do
    if counts_as_contact(entry) then last[entry.pupil] = entry.on end
  end
  return last
end

-- For each pupil: the hold that is in force on a day, { until, ask, note, on }.
function cases.holds(space, as_of)
  local holds = {}
  for _, entry in ipairs(cases.entries(space, { kind = "entry.held", as_of = as_of })) do
    if not entry.struck and entry.body then
      local body = entry.body
      holds[entry.pupil] = body["until"] >= as_of
        and { ["until"] = body["until"], ask = body.ask, note = body.note, on = entry.on } or nil
    end
  end
  return holds
end

-- What an entry answers ------------------------------------------------------------

local function concern_began(row)
  local data = row.data
  return type(data) == "table" and data.concern_on or nil
end

local function is_answered(row, entry, steps)
  local began = concern_began(row)
  if row.made_on > entry.on and not (began and began <= entry.on) then return false end
  return row.step == entry.step or (entry.kind == "recorded" and not cases.is_formal(steps[row.step]))
end

local may_answer = { open = true, answered = true }

-- The keys { enrolment, step, concern } of the suggestions that an entry { kind,
-- step, on, attempt } of a pupil answers: the open ones, which it ends (their
-- number comes second), and those that an earlier entry ended, should that one be
-- struck out.
local function answers_of(space, pupil, entry, steps)
  local answers, ended = core.array {}, 0
  if entry.attempt then return answers, ended end
  local _, stays = space.store:query(("SELECT id FROM enrolment WHERE pupil = %d ORDER BY id"):format(pupil.pupil))
  for stay in stays do
    for _, row in ipairs(problem.check(space.store:suggestions { enrolment = stay[1] })) do
      if may_answer[row.state] and is_answered(row, entry, steps) then
        answers[#answers + 1] = core.array { row.enrolment, row.step, row.concern }
        if row.state == "open" then ended = ended + 1 end
      end
    end
  end
  return answers, ended
end

-- Checking what was given ----------------------------------------------------------

-- Days that cannot be in this order are a slip of the pen.
local function check_order(first, last, what)
  if first and last and last < first then problem.raise("%s: %s comes before %s", what, last, first) end
end

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

function cases.step(map, name)
  if not map.declared then problem.raise 'no plugin in use has a road map; add use "essex" to waymark.lua' end
  local step = map.declared.steps_by_name[name]
  if step then return step end
  local names = {}
  for i, each in ipairs(map.declared.steps) do names[i] = each.name end
  local near = check.did_you_mean(name, names)
  if near == "" then near = "; its steps are: " .. table.concat(names, ", ") end
  problem.raise('the road map has no step "%s"%s', name, near)
end

-- The contacts of a pupil, as the case sees them.
function cases.contacts(space, enrolment)
  local filter = { as_of = "2199-12-31", enrolment = enrolment, everyone = true, fields = { "contacts" } }
  local bytes = problem.check(space.store:batches(filter))()
  return bytes and problem.check(core.batch(bytes, space:codes()))[1].contacts or {}
end

local function contact_name(contact)
  local parts = {}
  for _, name in ipairs { "title", "forename", "surname" } do parts[#parts + 1] = contact[name] end
  return table.concat(parts, " ")
end
cases.contact_name = contact_name

-- A contact by a part of the name or the relationship; never a guess. Somebody
-- who is no contact of the pupil (a grandmother at the door) is kept as text.
local function find_contact(space, enrolment, text)
  local found = {}
  for _, contact in ipairs(cases.contacts(space, enrolment)) do
    local name = contact_name(contact)
    if name:lower():find(text:lower(), 1, true) or (contact.relationship or ""):lower() == text:lower() then
      found[#found + 1] = name
    end
  end
  if #found > 1 then
    problem.raise('"%s" may be %s; give more of the name', text, table.concat(found, " or "))
  end
  return found[1] or text
end

local readers = {
  text = function(value) return value end,
  contact = function(value, space, pupil) return find_contact(space, pupil.enrolment, value) end,
  date = function(value) return core.date.parse(value) end,
  number = function(value) return tonumber(value) end,
  ["yes-no"] = function(value)
    local low = value:lower()
    if low == "yes" or low == "no" then return low end
  end,
}

local function read_fields(space, pupil, step, given)
  local fields = {}
  for _, name in ipairs(check.names(given or {})) do
    local kind = (step.records or {})[name]
    if not kind then
      problem.raise('%s does not record "%s"%s; it records: %s', step.title, name,
        check.did_you_mean(name, check.names(step.records or {})),
        table.concat(check.names(step.records or {}), ", "))
    end
    local value = readers[kind](given[name], space, pupil)
    if value == nil then problem.raise('%s: "%s" is not a %s', name, given[name], kind) end
    fields[name] = value
  end
  check_order(fields.period_from, fields.period_to, "period_to")
  return fields
end

-- Recording -----------------------------------------------------------------------

local function base_event(space, pupil, kind, given, step)
  return { kind = "entry." .. kind, at = space.now, on = given.on or space:today(), enrolment = pupil.enrolment,
    by = given.by, step = step and step.name, plugin = step and step.plugin, version = step and step.version,
    digest = step and space:digest_of(step.plugin) }
end

local function check_day(space, given)
  check_order(given.on or space:today(), given.review_on, "the review")
  if given.on and given.on > space:today() then
    problem.raise("%s is still to come; record what was done, on the day it was done", given.on)
  end
end

-- Ask the step's gate about the entry's own day. -> why held back | nil, evidence
local function ask_gate(space, map, pupil, step, on)
  if not step.gated then return nil, nil end
  local filter = { as_of = on, enrolment = pupil.enrolment, everyone = true }
  local finding, failure = evaluate.explain(space, map, filter, step.name)
  if not finding then return nil, nil, failure end
  local evidence = finding.verdict == "suggest" and finding.evidence or finding.consulted
  return finding.gate, evidence
end

local function refuse_gate(step, on, gate)
  problem.raise('%s on %s: %s; if it was done all the same, say why with --despite "…"', step.title, on, gate)
end

local function is_attempt(step, outcome)
  for _, each in ipairs(step.attempts or {}) do
    if each == outcome then return true end
  end
  return false
end

local function body_of(space, map, pupil, step, given)
  one_of(given.outcome, step.outcomes or {}, "the outcome")
  one_of(given.audience, cases.audiences, "the audience")
  one_of(given.reason, reason_codes(map), "the reason")
  return {
    outcome = given.outcome, attempt = is_attempt(step, given.outcome) or nil,
    with = given.with and find_contact(space, pupil.enrolment, given.with),
    reason = given.reason, note = given.note, audience = given.audience or step.audience or "referral",
    review_on = given.review_on, fields = read_fields(space, pupil, step, given.fields),
    despite = given.despite,
  }
end

local function add(space, pupil, event, body, state, steps)
  local entry = { kind = event.kind:sub(7), step = event.step, on = event.on, attempt = body.attempt }
  local answers, ended = core.array {}, 0
  if state then answers, ended = answers_of(space, pupil, entry, steps) end
  event.data, event.body, event.state = { answers = answers }, body, state
  return problem.check(space.store:add_entry(event)), ended
end
cases.add = add -- for history.lua, which has rows and no command line

-- Record that a step was done or tried. `given`: outcome, on, with, note, reason,
-- audience, review_on, by, fields, despite; all texts but fields.
-- -> id of the event, number of suggestions answered, what went wrong with the gate
function cases.record(space, pupil, name, given)
  check_day(space, given)
  local map = space:map_for_school(pupil.school)
  local step = cases.step(map, name)
  local event = base_event(space, pupil, "recorded", given, step)
  local body = body_of(space, map, pupil, step, given)
  local gate, evidence, failure = ask_gate(space, map, pupil, step, event.on)
  if gate and not given.despite then refuse_gate(step, event.on, gate) end
  body.gate, body.evidence = gate, evidence
  local id, answered = add(space, pupil, event, body, "answered", map.declared.steps_by_name)
  return id, answered, failure
end

local function set_aside(space, pupil, name, given, kind, state)
  check_day(space, given)
  local map = space:map_for_school(pupil.school)
  local step = cases.step(map, name)
  if not given.reason and not given.note then
    problem.raise("say why: give a note, or a reason (%s)", table.concat(reason_codes(map), ", "))
  end
  one_of(given.reason, reason_codes(map), "the reason")
  local body = { reason = given.reason, note = given.note, audience = given.audience or step.audience or "referral" }
  return add(space, pupil, base_event(space, pupil, kind, given, step), body, state, map.declared.steps_by_name)
end

-- A step that will not be done; "not now". -> id, number of suggestions ended
function cases.bypass(space, pupil, name, given) return set_aside(space, pupil, name, given, "bypassed", "bypassed") end
function cases.put_off(space, pupil, name, given) return set_aside(space, pupil, name, given, "put-off", "put-off") end

-- Nothing is sent for the pupil until a day; `ask` says whom to ask first.
function cases.hold(space, pupil, given)
  check_day(space, given)
  local event = base_event(space, pupil, "held", given)
  local body = { ["until"] = given["until"], ask = given.ask, note = given.note,
    audience = given.audience or "staff" }
  return (add(space, pupil, event, body))
end

-- Copy a file into documents/ under the digest of its bytes, so that the same
-- file is kept once and a later change of the original changes nothing.
local function keep_file(space, path, dry_run)
  local text = problem.check(files.read(path))
  local digest = core.system.sha256(text)
  local ending = path:match "%.%w+$" or ""
  local name = "documents/" .. digest:sub(1, 32) .. ending
  local kept = space.folder .. "/" .. name
  if not dry_run then
    problem.check(files.make_folder(space.folder .. "/documents"))
    if not files.exists(kept) then problem.check(files.write(kept, text)) end
  end
  return { path = name, digest = digest, bytes = #text, name = (path:gsub("^.*/", "")) }
end

-- Keep a copy of a file with the case. -> id, where it is kept
function cases.attach(space, pupil, path, kind, given, dry_run)
  check_day(space, given)
  local file = keep_file(space, path, dry_run)
  local body = { note = given.note, audience = given.audience or "referral", as = kind, file = file }
  return (add(space, pupil, base_event(space, pupil, "attached", given), body)), file.path
end

-- Strike out entry `of` of the pupil. What it answered is open again.
function cases.correct(space, pupil, of, given)
  if not given.why or given.why == "" then problem.raise "say why, with --why TEXT" end
  return problem.check(space.store:strike_entry { of = of, enrolment = pupil.enrolment, at = space.now,
    on = space:today(), by = given.by, data = { of = of, why = given.why } })
end

return cases
