-- ask/consult: one question to one step of a road map about one pupil, answered in a jailed
-- worker. The plugin sees what `reads` and `consults` grant.
--
--   consult.ask(space, pupil, step_name, what, given) -> result | nil, failure
--     pupil   { enrolment, school } (the school's key)
--     what    "complete"   result { fields = { NAME = value } }, { why = text }, or both
--             "checklist"  { { item, there, needed, words }, … }
--             "routes"     { { contact, route, open, words, from }, … }
--             "fills"      { NAME = text }
--     given   { fields = …, entry = id, on = date, parent = id, unseen = ids, hidden = { { id, note,
--             fields = names }, … }, known_at = time }; today, if nothing is said; with a parent, the
--             step does not see what is about another parent alone, nor the entries of `unseen`, and
--             never what of entries is hidden; with a time, what was known then
--   A step without the function gives { fields = {} }, or an empty list or map. An item that covers
--   the contact is there where the settings name a person to ask.
--   consult.begin(space, school, on)           let the worker that `ask` needs load while the host does what comes
--     before
--   consult.standing(route, checklist, gate)       "open", "not open"; "possible by the figures", while
--     something needed of the checklist is not there, or the gate holds the step back
--   consult.failure(space, pupil, step, message)   one of an answer that is of no use
--   failure { plugin, version, step, enrolment, name, verdict, message, source }, as
--     that of evaluate.explain; tostring() gives it as one sentence
--
-- Texts of the answer are made safe to be shown wherever they end up. Whatever is odd
-- about it (waymark.plugin.forms) is a failure, and so is a route for somebody who
-- is no contact of the pupil.

local core = require "waymark.core"
local evaluate = require "waymark.ask.evaluate"
local jobs = require "waymark.plugin.worker"
local plugin_forms = require "waymark.plugin.forms"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"

local consult = {}

local answer_of = { complete = "fields", checklist = "checklist", routes = "routes", fills = "words" }

local failure_mark = { __tostring = function(failure)
  return ("the plugin %s could not be asked (%s): %s"):format(failure.plugin, failure.verdict, failure.message)
end }

local function failure_of(space, map, outcome, batch)
  return setmetatable(evaluate.failure(space, map, outcome, batch), failure_mark)
end

-- What a step said that is of no use, as a failure of its plugin.
function consult.failure(space, pupil, step, message)
  return setmetatable({ plugin = step.plugin, version = step.version, step = step.name, enrolment = pupil.enrolment,
    name = evaluate.person(space, pupil.enrolment).name, verdict = "failed", message = core.escape(message) },
    failure_mark)
end

local function batch_of(space, map, pupil, on, known_at)
  local next_block, _, _, closer = problem.check(space.store:batches { as_of = on, known_at = known_at,
    enrolment = pupil.enrolment, everyone = true, fields = plugins.consulted(map.set) })
  local _ <close> = closer
  return next_block() or problem.raise("there is nothing in the registers for this pupil by %s", on)
end

local function stranger(routes, batch)
  local known = {}
  for _, contact in ipairs(batch[1].contacts or {}) do known[contact.id] = true end
  for _, route in ipairs(routes) do
    if not known[route.contact] then return route.contact end
  end
end

-- What is wrong with an answer of the right form. -> message | nil
local function fault_of(answer, what, batch)
  if answer.failed then return answer.failed end
  local fits = answer[answer_of[what]] or what == "complete" and answer.why
  if not fits then return "it answered another question" end
  local id = what == "routes" and stranger(answer.routes, batch)
  return id and ("it gives a route for %d, who is no contact of the pupil"):format(id) or nil
end

local function worker_for(space, map, on)
  return { set = map.set, options = map.options, today = on, granted = plugins.consulted(map.set),
    codes = space.store:codes() }
end

-- Begin the worker that `ask` needs for a pupil of a school on a day, while the host does what comes before; with the
-- write lock none is.
function consult.begin(space, school, on)
  local map = space:map_for_school(school)
  if map.set and not space.store:is_locked() then jobs.open_ahead("consult", worker_for(space, map, on)) end
end

local function ask_worker(space, map, pupil, question, known_at)
  local bytes = batch_of(space, map, pupil, question.on, known_at)
  local batch = problem.check(core.batch(bytes, space:codes()))
  local key = plugins.set_key(map.set, map.options)
  local all = table.concat({ key, problem.check(core.encode(question)), bytes }, "\n")
  local answer, outcome, is_asked = space:answer(all, function()
    local job, no_job = jobs.open("consult", worker_for(space, map, question.on))
    if not job then return nil, no_job end
    local answered, no_answer = jobs.consult(job, question, bytes)
    job:finish()
    return answered, no_answer, true
  end)
  if not answer then return nil, failure_of(space, map, outcome, is_asked and batch or nil) end
  local fault = fault_of(answer, question.what, batch)
  if not fault then return answer end
  local step = map.declared.steps_by_name[question.step]
  outcome = { verdict = "failed", message = core.escape(fault), record = 1, step = step.place }
  return nil, failure_of(space, map, outcome, batch)
end

local function add_contact(space, checklist)
  for _, each in ipairs(checklist or {}) do
    local _, name = space:person_to_ask()
    if each.covers == "contact" and not each.there and name then each.there, each.words = true, name end
  end
end

function consult.ask(space, pupil, step_name, what, given)
  local map, on = space:map_for_school(pupil.school), given and given.on or space:today()
  local step = map.declared and map.declared.steps_by_name[step_name]
  if not answer_of[what] then error(('consult: there is no question "%s"'):format(tostring(what)), 2) end
  if not step or not step[plugin_forms.told(what)] then return what == "complete" and { fields = {} } or {} end
  local question = { step = step_name, what = what, on = on, fields = given and given.fields or nil,
    entry = given and given.entry or nil, parent = given and given.parent or nil,
    unseen = given and given.unseen or nil, hidden = given and given.hidden or nil }
  local answer, failure = ask_worker(space, map, pupil, question, given and given.known_at)
  if not answer then return nil, failure end
  plugins.safe(answer)
  add_contact(space, answer.checklist)
  return what == "complete" and answer or answer[answer_of[what]]
end

function consult.standing(route, checklist, gate)
  local held = gate ~= nil
  for _, each in ipairs(checklist or {}) do held = held or each.needed and not each.there end
  return not route.open and "not open" or held and "possible by the figures" or "open"
end

return consult
