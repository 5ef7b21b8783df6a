-- ask/evaluate: every pupil against the road map of their school, in workers; and
-- the answers as the host sees them: measured again, in the host's own words.
--
-- Batches of a school go to as many workers as there are processors, and are
-- answered in their order; a school's findings are handed over when the school is
-- done, so that no more than a school is held. Nothing is written here.
--
-- A finding is { enrolment, school, step (declared), verdict, words, gate, concern,
-- concern_on, measured, asked, pupil, record, declared }, the most of it from
-- core/host/lua_worker.h; evaluate.complete adds evidence and consulted, evaluate.person
-- says who it is.

local core = require "waymark.core"
local jobs = require "waymark.plugin.worker"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local stored_pupils = require "waymark.store.pupils"

core.sdk "evidence" -- the words join the methods of evidence

local evaluate = {}

local errors_most, schools_most = 20, 3 -- at a school; schools at which it failed so often

-- Measuring again -----------------------------------------------------------------

local function listed(sessions)
  local list = core.array {}
  for i, each in ipairs(sessions) do
    list[i] = core.array { each.date, each.session, each.code }
  end
  return list
end

-- A rule's answer as data, for people; with `written`, for JSON alone: then nobody can
-- look at its sessions here.
local function data_of(e, declared, written)
  local data = { rule = e.rule, kind = e.kind, plugin = declared.rules_by_name[e.rule].plugin, from = e.from,
    to = e.to, count = e.count, of = e.of, met = e.met, words = e:describe(), why_not = e:why_not(),
    sessions = written and core.worker.listed(e) or listed(e:sessions()) }
  if e.kind == "rate" then
    data.attendance, data.band = e.percent, e.band
  elseif e.kind == "rolling" then
    data.first_met, data.since, data.largest = e.first_met, e.since, e.largest
    data.unresolved = written and core.worker.listed(e, true) or listed(e:unresolved())
  end
  if e.age_unknown then data.note = "no date of birth: taken as of compulsory school age" end
  return data
end

-- What a rule says of a pupil; reference { rule, from, to }.
function evaluate.evidence(pupil, declared, reference)
  return data_of(pupil:measure(declared.rules_by_name[reference.rule].value, reference.from, reference.to), declared)
end

local function data_list(measured, declared, written)
  local list = core.array {}
  for i, e in ipairs(measured) do list[i] = data_of(e, declared, written) end
  return list
end

-- What a finding rests on, as data: { …, evidence = { … }, consulted = { … } }.
function evaluate.complete(finding)
  finding.evidence = finding.evidence or data_list(finding.measured, finding.declared)
  finding.consulted = finding.consulted or data_list(finding.asked or {}, finding.declared)
  return finding
end

-- The evidence of a finding, for JSON alone.
function evaluate.written(finding) return data_list(finding.measured, finding.declared, true) end

-- { upn, name, year, form } of an enrolment.
function evaluate.person(workspace, enrolment) return stored_pupils.person(workspace.store, enrolment) end

-- Failures ------------------------------------------------------------------------

local function last_manifest(map) return map.declared.plugins[#map.declared.plugins] end

-- Who and what a killed job was working on, from the page it shares.
function evaluate.failure(workspace, map, outcome, batch)
  local step = map.declared.steps[outcome.step or 0]
  local pupil = batch and (outcome.record or 0) > 0 and batch[outcome.record] or nil
  return {
    plugin = step and step.plugin or map.served, version = step and step.version or last_manifest(map).version,
    step = step and step.name, enrolment = pupil and pupil.id,
    name = pupil and evaluate.person(workspace, pupil.id).name,
    verdict = outcome.verdict, message = outcome.message, whole_job = true,
    source = plugins.source_line(workspace.context.known, outcome.message),
  }
end

local function step_failure(workspace, finding)
  return { plugin = finding.step.plugin, version = finding.step.version, step = finding.step.name,
    enrolment = finding.enrolment, name = evaluate.person(workspace, finding.enrolment).name, verdict = "failed",
    message = finding.words, source = plugins.source_line(workspace.context.known, finding.words) }
end

local failure = evaluate.failure

local function too_many(map, school)
  local place = school and " at " .. school.name or ""
  return { plugin = map.served, version = last_manifest(map).version, verdict = "failed", whole_job = true,
    message = ("it failed %d times%s, so nothing of it is kept%s"):format(errors_most, place,
      school and " there" or "") }
end

-- Workers -------------------------------------------------------------------------

local function start(workspace, map, as_of, explain, profile)
  local job, outcome = jobs.start(jobs.evaluate_limits)
  if not job then return nil, outcome end
  local request = plugins.request(map.set, map.options, as_of)
  request.kind = "evaluate"
  request.granted = core.array(plugins.granted(map.set))
  request.codes = core.array(workspace.store:codes())
  request.explain, request.profile = explain, profile
  local declared
  declared, outcome = jobs.load(job, request, jobs.evaluate_limits)
  if not declared then
    job:finish()
    return nil, outcome
  end
  return job
end

-- Workers that load the same set; a further one is started when there is enough to
-- do for it: batches_before is how many batches one worker has had by then.
local batches_before = 6

local function new_pool(most, make)
  return { most = most, make = make, idle = {}, all = {}, given = 0 }
end

-- An idle worker; nil when all are busy. -> job | nil[, outcome]
local function free_worker(pool)
  local job = table.remove(pool.idle)
  if job or #pool.all >= pool.most or (#pool.all > 0 and pool.given < batches_before * #pool.all) then return job end
  local outcome
  job, outcome = pool.make()
  if not job and #pool.all > 0 then -- the machine has no room for another: these go on
    pool.most = #pool.all
    return nil
  end
  if not job then return nil, outcome end
  pool.all[#pool.all + 1] = job
  return job
end

local function close_pool(pool)
  for _, job in ipairs(pool.all) do job:finish() end
end

-- Batches -------------------------------------------------------------------------

local function opened(workspace, filter, fields)
  local copy = {}
  for name, value in next, filter do copy[name] = value end
  copy.fields = fields
  local next_block, _, _, closer = problem.check(workspace.store:batches(copy))
  return next_block, closer
end

local function has(list, wanted)
  for _, each in ipairs(list) do
    if each == wanted then return true end
  end
  return false
end

-- The batches of a filter: what the plugin may see, and the same pupils with their
-- registers for us (the very same bytes where the plugin may see them too).
local function batches(workspace, filter, granted)
  local theirs, closer = opened(workspace, filter, granted)
  local ours, other = theirs, nil
  if not has(granted, "registers") then ours, other = opened(workspace, filter, { "registers" }) end
  local function close()
    local _ <close> = closer
    local _ <close> = other
  end
  return function()
    local bytes = theirs()
    if bytes then return bytes, ours == theirs and bytes or ours() end
  end, close
end

-- Every batch of some schools, one after the other, as items { school, bytes, ours };
-- after a school's last one an item without bytes.
local function work_of(workspace, map, schools, filter)
  local granted, at, next_batch, close = plugins.granted(map.set), 0, nil, nil
  return {
    next = function()
      if not next_batch then
        at = at + 1
        if at > #schools then return nil end
        filter.school = schools[at].id
        next_batch, close = batches(workspace, filter, granted)
      end
      local bytes, ours = next_batch()
      if bytes then return { school = schools[at], bytes = bytes, ours = ours } end
      next_batch, close = nil, nil
      return { school = schools[at] }
    end,
    close = function()
      if close then close() end
    end,
  }
end

-- Evaluating ----------------------------------------------------------------------

-- -> form | nil, failure: a rule names a code that this workspace does not have
local function form_of(workspace, map)
  local declared = map.declared
  local steps, rules = {}, {}
  for i, step in ipairs(declared.steps) do steps[i] = step.name end
  for i, rule in ipairs(declared.rules) do rules[i] = rule.value end
  local ok, form = pcall(core.worker.form, { steps = steps, rules = rules, codes = workspace:codes() })
  if ok then return form end
  return nil, failure(workspace, map, { verdict = "failed", message = form })
end

-- What a worker says of one step and pupil, as the host sees it.
local function take_finding(finding, declared, school)
  finding.step, finding.school, finding.declared = declared.steps[finding.step], school, declared
  local first = finding.measured[1]
  if finding.verdict == "suggest" and not first.met then
    finding.verdict = "failed"
    finding.words = ('it gives the rule "%s" as its reason, which is not met'):format(first.rule)
  end
  return finding
end

local function take_batch(run, item, list, held)
  local seen = run.school_now
  for place, count in ipairs(held.steps) do seen.counts[place] = (seen.counts[place] or 0) + count end
  for _ in next, held.pupils do seen.pupils = seen.pupils + 1 end
  for _, each in ipairs(list) do
    local finding = take_finding(each, run.map.declared, item.school)
    finding.beside = held.pupils[finding.record]
    if finding.verdict == "failed" then
      seen.errors = seen.errors + 1
      if seen.errors <= errors_most then run.failures[#run.failures + 1] = step_failure(run.workspace, finding) end
      seen.failed[finding.enrolment .. " " .. finding.step.name] = true
    else
      seen.findings[#seen.findings + 1] = finding
    end
  end
  seen.batches[#seen.batches + 1] = item.batch
  run.pupils = run.pupils + #item.batch
end

local function new_school_result()
  return { findings = {}, failed = {}, batches = {}, counts = {}, pupils = 0, errors = 0 }
end

-- What stands at the school that answers come of, read with its first batch.
local function suggestions_of(run, school)
  local now = run.school_now
  now.suggestions = now.suggestions or run.options.suggestions(school)
  return not run.options.all() and now.suggestions or nil
end

-- Hand out batches until no worker is free. -> outcome of a worker that could not start
local function hand_out(run)
  while not run.done do
    local item = run.item or run.work.next()
    run.item = nil
    if not item then
      run.done = true
    elseif not item.bytes then
      run.queue[#run.queue + 1] = item
    else
      local job, outcome = free_worker(run.pool)
      if outcome then return outcome end
      if not job then
        run.item = item
        return nil
      end
      item.job, item.batch = job, problem.check(core.batch(item.ours, run.workspace:codes()))
      run.pool.given = run.pool.given + 1
      run.queue[#run.queue + 1] = item
      local sent
      sent, outcome = job:send("batch", item.bytes)
      if not sent then return outcome, item.batch end
      item.bytes, item.ours = true, nil
    end
  end
end

-- A school that is complete is handed over, unless a step failed there too often.
local function take_school(run, school, take)
  local result = run.school_now
  run.school_now = new_school_result()
  if result.errors < errors_most then
    take(school, result)
    return true
  end
  run.lost = run.lost + 1
  if run.lost == math.min(schools_most, run.schools) then return nil, nil, nil, too_many(run.map) end
  run.failures[#run.failures + 1] = too_many(run.map, school)
  return true
end

-- The answer to the oldest batch; a school that is complete is handed over.
-- -> true | nil, outcome, batch
local function take_oldest(run, take)
  local item = table.remove(run.queue, 1)
  if not item.bytes then return take_school(run, item.school, take) end
  local list, costs, held = item.job:receive(run.form, item.batch, suggestions_of(run, item.school))
  if not list then return nil, costs, item.batch end
  run.pool.idle[#run.pool.idle + 1] = item.job
  local outcome, batch = hand_out(run) -- the worker goes on while we look at it
  if outcome then return nil, outcome, batch end
  if costs then run.costs[item.job] = costs end
  take_batch(run, item, list, held)
  return true
end

local function run_through(run, take, progress)
  local outcome, batch = hand_out(run)
  if outcome then return failure(run.workspace, run.map, outcome, batch) end
  while #run.queue > 0 do
    local ok, too_often
    ok, outcome, batch, too_often = take_oldest(run, take)
    if too_often then return too_often, true end
    if not ok then return failure(run.workspace, run.map, outcome, batch) end
    if progress then progress(run.pupils) end
    outcome, batch = hand_out(run)
    if outcome then return failure(run.workspace, run.map, outcome, batch) end
  end
end

-- Every pupil on roll of some schools against one map. take(school, result) is
-- called for each school in turn: result { findings (suggested and gated, in the
-- order of pupils and road map), failed = { ["enrolment step"] = true }, batches,
-- suggestions, counts = { [step's place] = n }, pupils }.
--   options  { workers, progress, profile, suggestions = function(school): what stands there
--              (see core/host/lua_case.h), all = function(): whether those that are open
--              already are wanted as findings, too; else they are only counted }
-- -> { failures, pupils, costs = { [worker] = costs of core/host/lua_worker.h } when a profile
-- was asked for, given_up = true when nothing of it may be kept }
function evaluate.map(workspace, map, schools, filter, take, options)
  local form, no_form = form_of(workspace, map)
  if not form then return { failures = { no_form }, pupils = 0, given_up = true } end
  filter.on_roll = true -- nothing is suggested for somebody who has left
  local run = { workspace = workspace, map = map, options = options, form = form,
    queue = {}, failures = {}, pupils = 0, costs = {}, lost = 0, schools = #schools, school_now = new_school_result(),
    work = work_of(workspace, map, schools, filter) }
  run.pool = new_pool(options.workers, function()
    return start(workspace, map, filter.as_of, nil, options.profile)
  end)
  local last, too_often = run_through(run, take, options.progress)
  run.work.close()
  close_pool(run.pool)
  filter.school, filter.on_roll = nil, nil
  if not last then return { failures = run.failures, pupils = run.pupils, costs = run.costs } end
  local failures = too_often and run.failures or {}
  table.insert(failures, 1, last)
  return { failures = failures, pupils = run.pupils, given_up = true }
end

-- The result of a map whose plugin is not asked, with the sentence that says why.
function evaluate.not_asked(map, why)
  return { pupils = 0, given_up = true, not_asked = true, failures = { { plugin = map.served, verdict = "failed",
    message = why, whole_job = true, is_sentence = true } } }
end

-- The result of a map whose plugins could not be used at all.
function evaluate.broken(map)
  local result = evaluate.not_asked(map, map.broken)
  local said = map.failures and map.failures[1] -- with the other plugins that could not be loaded
  if said then result.failures = {} end
  return result
end

-- One pupil, one step. -> finding, complete and with the person's fields | nil, failure
function evaluate.explain(workspace, map, filter, step)
  local form, no_form = form_of(workspace, map)
  if not form then return nil, no_form end
  local job, outcome = start(workspace, map, filter.as_of, step)
  if not job then return nil, failure(workspace, map, outcome) end
  local next_batch, close = batches(workspace, filter, plugins.granted(map.set))
  local bytes, ours = next_batch()
  close()
  if not bytes then
    job:finish()
    problem.raise("there is nothing in the registers for this pupil by %s", filter.as_of)
  end
  local batch = problem.check(core.batch(ours, workspace:codes()))
  job:send("batch", bytes)
  local list
  list, outcome = job:receive(form, batch)
  if list and not list[1] then list, outcome = nil, job:refuse "nothing about the step" end
  job:finish()
  if not list then return nil, failure(workspace, map, outcome, batch) end
  local finding = take_finding(list[1], map.declared, batch.school)
  if finding.verdict == "failed" then return nil, step_failure(workspace, finding) end
  for name, value in next, evaluate.person(workspace, finding.enrolment) do finding[name] = value end
  return evaluate.complete(finding)
end

return evaluate
