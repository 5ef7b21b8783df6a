-- evaluate: every pupil against the road map of their school, in a worker; and
-- the answers as the host sees them: measured again, in the host's own words.
--
-- A finding is { enrolment, school, upn, name, year, form, step (declared),
-- verdict, words, concern, concern_on, evidence = { … } }. Nothing is written here.

local core = require "waymark.core"
local jobs = require "waymark.jobs"
local plugins = require "waymark.plugins"
local problem = require "waymark.problem"

core.sdk "evidence" -- the words join the methods of evidence

local evaluate = {}

local errors_most = 20

-- Measuring again -----------------------------------------------------------------

local function listed(sessions)
  local list = core.array {}
  for i, each in ipairs(sessions) do
    list[i] = core.array { each.date, each.session, each.code }
  end
  return list
end

-- A rule's answer as data, for JSON and for people.
function evaluate.evidence(pupil, declared, reference)
  local rule = declared.rules_by_name[reference.rule]
  local e = pupil:measure(rule.value, reference.from, reference.to)
  local data = { rule = e.rule, kind = e.kind, plugin = rule.plugin, from = e.from, to = e.to, count = e.count,
    of = e.of, met = e.met, words = e:describe(), why_not = e:why_not(), sessions = listed(e:sessions()) }
  if e.kind == "rate" then
    data.attendance, data.band = e.percent, e.band
  elseif e.kind == "rolling" then
    data.first_met, data.since, data.largest = e.first_met, e.since, e.largest
    data.unresolved = listed(e:unresolved())
  end
  if rule.spec.ages and not pupil.dob then data.note = "no date of birth: taken as of compulsory school age" end
  return data, e
end

local function evidence_list(pupil, declared, references)
  local list, first = core.array {}, nil
  for i, reference in ipairs(references or {}) do
    local e
    list[i], e = evaluate.evidence(pupil, declared, reference)
    first = first or e
  end
  return list, first
end

-- The day on which a concern began, when its evidence has one.
local function concern_day(e)
  local began
  if e.kind == "rolling" or e.kind == "count" then
    began = e.since
  elseif e.kind == "streak" or e.kind == "longest" then
    began = e.first
  end
  return began and began:sub(1, 10)
end

-- One answer of a worker as a finding.
function evaluate.finding(answer, batch, declared)
  local pupil = batch[answer.record]
  local evidence, first = evidence_list(pupil, declared, answer.rules)
  if answer.verdict == "suggest" and not first.met then
    answer = { record = answer.record, step = answer.step, verdict = "failed",
      words = ('it gives the rule "%s" as its reason, which is not met'):format(first.rule) }
  end
  return {
    enrolment = pupil.id, school = batch.school, upn = pupil.upn, name = pupil.name, year = pupil.year,
    form = pupil.form, step = declared.steps_by_name[answer.step], verdict = answer.verdict,
    words = answer.words and core.escape(answer.words), gate = answer.gate and core.escape(answer.gate),
    concern = answer.concern and core.escape(answer.concern) or (first and first.concern),
    concern_on = first and concern_day(first), evidence = evidence,
    consulted = evidence_list(pupil, declared, answer.consulted),
  }
end

-- Asking --------------------------------------------------------------------------

-- Who and what a killed job was working on, from the page it shares.
local function culprit(outcome, batch, declared)
  local pupil = batch and outcome.record and outcome.record > 0 and batch[outcome.record]
  local step = declared.steps[outcome.step or 0]
  return pupil, step
end

local function failure(map, outcome, batch)
  local pupil, step = culprit(outcome, batch, map.declared)
  local manifest = map.declared.plugins[#map.declared.plugins]
  return {
    plugin = step and step.plugin or map.served, version = step and step.version or manifest.version,
    step = step and step.name, enrolment = pupil and pupil.id, name = pupil and pupil.name,
    verdict = outcome.verdict, message = outcome.message, whole_job = true,
  }
end

local function step_failure(finding)
  return { plugin = finding.step.plugin, version = finding.step.version, step = finding.step.name,
    enrolment = finding.enrolment, name = finding.name, verdict = "failed", message = finding.words }
end

local function start(workspace, map, as_of, explain)
  local job, outcome = jobs.start(jobs.evaluate_limits)
  if not job then return nil, outcome end
  local request = plugins.request(map.set, map.options, as_of)
  request.kind = "evaluate"
  request.granted = core.array(plugins.granted(map.set))
  request.codes = core.array(workspace.store:codes())
  request.explain = explain
  local declared
  declared, outcome = jobs.load(job, request, jobs.evaluate_limits)
  if not declared then
    job:finish()
    return nil, outcome
  end
  return job
end

-- The batches of a filter, twice: what the plugin may see, and all of it for us.
local function batches(workspace, filter, granted)
  local codes = workspace:codes()
  local function opened(fields)
    local copy = {}
    for name, value in next, filter do copy[name] = value end
    copy.fields = fields
    return problem.check(workspace.store:batches(copy))
  end
  local theirs, ours = opened(granted), opened(workspace.every_field)
  return function()
    local bytes = theirs()
    if not bytes then return nil end
    return bytes, problem.check(core.batch(ours(), codes))
  end
end

local function take_answers(answers, batch, map, result)
  local errors = 0
  for _, answer in ipairs(answers) do
    local finding = evaluate.finding(answer, batch, map.declared)
    if finding.verdict == "failed" then
      errors = errors + 1
      result.failures[#result.failures + 1] = step_failure(finding)
      result.failed[finding.enrolment .. " " .. finding.step.name] = true
    else
      result.findings[#result.findings + 1] = finding
    end
  end
  for record = 1, #batch do result.seen[batch[record].id] = map end
  return errors
end

local function new_result()
  return { findings = {}, failures = {}, failed = {}, seen = {}, pupils = 0 }
end

-- A job whose plugin broke a limit, or failed too often: none of it is kept.
local function give_up(result, last_failure)
  local fresh = new_result()
  fresh.failures = { last_failure }
  fresh.pupils = result.pupils
  fresh.given_up = true
  return fresh
end

local function too_many(map)
  local manifest = map.declared.plugins[#map.declared.plugins]
  return { plugin = map.served, version = manifest.version, verdict = "failed", whole_job = true,
    message = ("it failed %d times, so nothing of it is kept"):format(errors_most) }
end

-- The result of a map whose plugins could not be used at all.
function evaluate.broken(map)
  local result = new_result()
  if map.failures and map.failures[1] then -- said with the other plugins that could not be loaded
    result.given_up = true
    return result
  end
  return give_up(result, { plugin = map.served, verdict = "failed", message = map.broken, whole_job = true,
    is_sentence = true })
end

-- Every pupil of a filter against one map. -> result {findings, failures,
-- failed = { ["enrolment step"] = true }, seen = { [enrolment] = map }, pupils,
-- given_up: nothing of it is kept}
function evaluate.map(workspace, map, filter, progress)
  local result, errors = new_result(), 0
  filter.on_roll = true -- nothing is suggested for somebody who has left
  local job, outcome = start(workspace, map, filter.as_of)
  if not job then return give_up(result, failure(map, outcome)) end
  for bytes, batch in batches(workspace, filter, plugins.granted(map.set)) do
    local answers
    answers, outcome = jobs.evaluate(job, bytes, #batch, map.declared)
    if not answers then
      job:finish()
      return give_up(result, failure(map, outcome, batch))
    end
    errors = errors + take_answers(answers, batch, map, result)
    result.pupils = result.pupils + #batch
    if errors >= errors_most then
      job:finish()
      local kept = give_up(result, too_many(map))
      for _, each in ipairs(result.failures) do kept.failures[#kept.failures + 1] = each end
      return kept
    end
    if progress then progress(result.pupils) end
  end
  result.outcome = job:finish()
  return result
end

-- One pupil, one step. -> finding | nil, failure
function evaluate.explain(workspace, map, filter, step)
  local job, outcome = start(workspace, map, filter.as_of, step)
  if not job then return nil, failure(map, outcome) end
  local bytes, batch = batches(workspace, filter, plugins.granted(map.set))()
  if not bytes then
    job:finish()
    problem.raise("there is nothing in the registers for this pupil by %s", filter.as_of)
  end
  local answers
  answers, outcome = jobs.evaluate(job, bytes, #batch, map.declared)
  job:finish()
  if not answers then return nil, failure(map, outcome, batch) end
  local finding = evaluate.finding(answers[1], batch, map.declared)
  if finding.verdict == "failed" then return nil, step_failure(finding) end
  return finding
end

return evaluate
