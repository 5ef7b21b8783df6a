-- ask/evaluate: every pupil against the road map of their school, in workers; and
-- the answers as the host sees them: measured again, in the host's own words.
--
--   local look = evaluate.new(workspace, map, filter, options)
--   for school, result in look:schools(schools) do … end
--   -> look.failures, look.pupils, look.asked, look.costs, look.left_out, look.given_up
--
-- Each school is asked in one worker, the next one in another, of as many as there are
-- processors: a worker loads the plugins anew for each school. Batches are answered in their
-- order, and a school is handed over when it is done, so that no more than a school a worker is
-- held. Nothing is written here.
--
-- The rules of every step's `when` are measured before, over the whole school: workers get
-- only those of whom a step is asked, and who have open suggestions, which may lapse. A step of
-- `when` and `because` without a gate is said by the rules alone: no worker is asked about it.
--
-- What fails. A failure is { plugin, version, step, enrolment, name, verdict, message, source,
-- more, left_out }. An error of a step fails that pupil and step alone; all of a step's errors
-- are one failure, of the first pupil, with the others in `more` = { { enrolment, message }, … }.
-- A limit, a kill, a malformed answer, and errors with twenty pupils of one school (limits) end the
-- look: its failure is in look.left_out, and nothing of the look may be kept. Who asks then
-- looks again without these steps (options.without), in new workers; so what is kept is as if
-- the step were not there. Where no step is known to be at fault, look.given_up says so.
--
-- A finding is { enrolment, school, step (declared), verdict, words, gate, concern,
-- concern_on, bands, open, measured, asked, printed, pupil, record, declared, beside }, the most of it from
-- core/host/lua_worker.h, and of a suggestion `evidence`, what it rests on, for JSON alone, or nil where
-- it is open already (evaluate.listed makes it then); evaluate.person says who it is.

local core = require "waymark.core"
local jobs = require "waymark.plugin.worker"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local stored_pupils = require "waymark.store.pupils"
local tables = require "waymark.base.tables"
local limits = core.sdk "limits"

core.sdk "evidence" -- the words join the methods of evidence

local evaluate = {}

-- Measuring again -----------------------------------------------------------------

local function listed(sessions)
  local list = core.array {}
  for i, each in ipairs(sessions) do
    list[i] = core.array { each.date, each.session, each.code }
  end
  return list
end

-- A rule's answer as data, for people; with `written`, for JSON alone: then nobody can
-- look at its sessions here. -> data, the bytes that its sessions take in JSON (0 for people)
local function data_of(e, declared, written)
  local bytes, more = 0, 0
  local data = { rule = e.rule, kind = e.kind, plugin = declared.rules_by_name[e.rule].plugin, from = e.from,
    to = e.to, count = e.count, of = e.of, met = e.met, words = e:describe(), why_not = e:why_not() }
  if written then data.sessions, bytes = core.worker.listed(e) else data.sessions = listed(e:sessions()) end
  if e.kind == "rate" then
    data.attendance, data.band = e.percent, e.band
  elseif e.kind == "rolling" then
    data.first_met, data.since, data.largest = e.first_met, e.since, e.largest
    if written then
      data.unresolved, more = core.worker.listed(e, true)
    else
      data.unresolved = listed(e:unresolved())
    end
  end
  if e.age_unknown then data.note = "no date of birth: taken as of compulsory school age" end
  return data, bytes + more
end

-- What a rule says of a pupil; reference { rule, from, to }.
function evaluate.evidence(pupil, declared, reference)
  local measured = pupil:measure(declared.rules_by_name[reference.rule].value, reference.from, reference.to)
  return (data_of(measured, declared))
end

-- -> list, the bytes of all its sessions
local function data_list(measured, declared, written)
  local list, all = core.array {}, 0
  for i, e in ipairs(measured) do
    local bytes
    list[i], bytes = data_of(e, declared, written)
    all = all + bytes
  end
  return list, all
end

-- { upn, name, year, form } of an enrolment.
function evaluate.person(workspace, enrolment) return stored_pupils.person(workspace.store, enrolment) end

-- Failures ------------------------------------------------------------------------

local function last_manifest(map) return map.declared.plugins[#map.declared.plugins] end

-- Who and what a killed job was working on, from the page it shares; nobody, where the machine is at fault.
function evaluate.failure(workspace, map, outcome, batch)
  local step = not outcome.machine and map.declared.steps[outcome.step or 0] or nil
  local pupil = not outcome.machine and batch and (outcome.record or 0) > 0 and batch[outcome.record] or nil
  return {
    plugin = step and step.plugin or map.served, version = step and step.version or last_manifest(map).version,
    step = step and step.name, enrolment = pupil and pupil.id,
    name = pupil and evaluate.person(workspace, pupil.id).name,
    verdict = outcome.verdict, message = outcome.message, machine = outcome.machine,
    source = plugins.source_line(workspace.context.known, outcome.message),
  }
end

local function step_failure(workspace, finding)
  return { plugin = finding.step.plugin, version = finding.step.version, step = finding.step.name,
    enrolment = finding.enrolment, name = evaluate.person(workspace, finding.enrolment).name, verdict = "failed",
    message = finding.words, source = plugins.source_line(workspace.context.known, finding.words) }
end

local failure = evaluate.failure

-- Workers -------------------------------------------------------------------------

-- more: { explain, without, profile, ahead } of waymark.plugin.worker
local function start(workspace, map, as_of, sweep, more)
  return jobs.open("evaluate", { set = map.set, options = map.options, today = as_of, swept = sweep.names,
    granted = plugins.granted(map.set), codes = workspace.store:codes(), explain = more.explain,
    without = more.without, profile = more.profile, ahead = more.ahead })
end

-- Workers that load the same set, the first while the host looks at the first school; a further one is started when
-- there is enough to do for it: batches_before is how many batches one worker has had by then.
local batches_before = 6

local function new_pool(most, make)
  return { most = most, make = make, first = table.pack(make()), idle = {}, all = {}, given = 0, waiting = {},
    loading = {} }
end

-- An idle worker; nil when all are busy. -> job | nil[, outcome]
local function free_worker(pool)
  local job = table.remove(pool.idle)
  if job or #pool.all >= pool.most or (#pool.all > 0 and pool.given < batches_before * #pool.all) then return job end
  local made = #pool.all > 0 and table.pack(pool.make()) or pool.first
  local outcome, loaded
  job, outcome, loaded = table.unpack(made, 1, 3)
  if not job and #pool.all > 0 then -- the machine has no room for another: these go on
    pool.most = #pool.all
    return nil
  end
  if not job then return nil, outcome end
  pool.all[#pool.all + 1], pool.waiting[job], pool.loading[job] = job, {}, loaded
  return job
end

-- Batches -------------------------------------------------------------------------

local function copy_of(filter)
  local copy = {}
  for name, value in next, filter do copy[name] = value end
  return copy
end

local function opened(workspace, filter, fields)
  local copy = copy_of(filter)
  copy.fields = fields
  local next_block, _, _, closer = problem.check(workspace.store:batches(copy))
  return next_block, closer
end

-- What is looked at before a worker is asked: the rules that are swept, with their names; `some`:
-- every step says of whom it is asked; `recorded`: the steps of which something was recorded, or true
-- for any; `own`: the steps that the host answers, and `places` of the rules, as a form has them;
-- `without`: the names of the others that are not asked, and theirs; `asks`: there is a step to ask.
local function sweep_of(map, without)
  local granted, named, bits = plugins.granted(map.set), {}, {}
  local sees_registers, sees_cases = tables.has(granted, "registers"), tables.has(granted, "cases")
  local sweep = { names = core.array {}, rules = {}, some = true, recorded = named, own = {}, places = {},
    without = core.array {}, asks = false }
  for i, rule in ipairs(sees_registers and map.declared.swept or {}) do
    sweep.names[i], sweep.rules[i], sweep.places[i], bits[rule.name] = rule.name, rule.value, rule.place, i
  end
  for place, step in ipairs(map.declared.steps) do
    local when = step.when
    if tables.has(without, step.name) then
      sweep.without[#sweep.without + 1] = step.name
    elseif step.suggests and step.because and not step.gated and sees_registers then
      local rules = {}
      for i, name in ipairs(when.rules) do rules[i] = bits[name] end
      sweep.own[#sweep.own + 1] = { place, step.because, rules = rules }
      sweep.without[#sweep.without + 1] = step.name
    elseif step.suggests then
      sweep.asks = true
    end
    if step.suggests and when then
      local by_case = when.anything or #when.recorded > 0
      if by_case and not sees_cases or #when.rules > 0 and not sees_registers then sweep.some = false end
      if when.anything then sweep.recorded = true end
      table.move(when.recorded, 1, #when.recorded, #named + 1, named)
    elseif step.suggests then
      sweep.some = false
    end
  end
  return sweep
end

-- The batches of a filter: what the plugin may see, and the same pupils with their
-- registers for us (the very same bytes where the plugin may see them too).
local function batches(workspace, filter, granted)
  local theirs, closer = opened(workspace, filter, granted)
  local ours, other = theirs, nil
  if not tables.has(granted, "registers") then ours, other = opened(workspace, filter, { "registers" }) end
  local function close()
    local _ <close> = closer
    local _ <close> = other
  end
  return function()
    local bytes, pupils = theirs()
    return bytes, bytes and (ours == theirs and bytes or ours()), pupils
  end, close
end

local few = 48 -- pupils of a batch of a school of which no more than a list is asked

-- Every batch of some schools, one after the other, as items { school, suggestions (of the
-- school), pupils (how many were looked at since the item before), bytes, ours }; after a school's
-- last one an item without bytes. Nothing is suggested for somebody who has left.
--   read(school)   its suggestions
--   same           look.same
local function work_of(workspace, map, schools, wanted, sweep, read, same)
  local filter = copy_of(wanted)
  filter.on_roll, filter.rules, filter.some = true, sweep.rules, sweep.some
  local recorded = sweep.some and stored_pupils.recorded(workspace.store, sweep.recorded) or {}
  local granted, at, seen, next_batch, close = plugins.granted(map.set), 0, 0, nil, nil
  return {
    next = function()
      if not next_batch then
        at, seen = at + 1, 0
        if at > #schools then return nil end
        filter.school, filter.open, filter.also = schools[at].id, read(schools[at]), recorded[schools[at].id]
        filter.size = same[filter.school] and few or nil
        next_batch, close = batches(workspace, filter, granted)
      end
      local bytes, ours, pupils = next_batch()
      local item = { school = schools[at], suggestions = filter.open, pupils = pupils - seen, bytes = bytes,
        ours = ours }
      seen = pupils
      if not bytes then next_batch, close = nil, nil end
      return item
    end,
    close = function()
      if close then close() end
    end,
  }
end

-- Answers ------------------------------------------------------------------------

-- sweep: of sweep_of, nil where the host says nothing itself.
-- -> form | nil, failure: a rule names a code that this workspace does not have
local function form_of(workspace, map, sweep)
  local declared = map.declared
  local steps, silent, rules = {}, {}, {}
  for i, step in ipairs(declared.steps) do
    steps[i] = step.name
    if not step.suggests then silent[#silent + 1] = i end
  end
  for i, rule in ipairs(declared.rules) do rules[i] = rule.value end
  local ok, form = pcall(core.worker.form, { steps = steps, silent = silent, rules = rules,
    codes = workspace:codes(), swept = sweep and sweep.places, own = sweep and sweep.own })
  if ok then return form end
  for _, rule in ipairs(declared.rules) do
    local fine, fault = pcall(core.worker.form, { steps = {}, rules = { rule.value }, codes = workspace:codes() })
    if not fine then form = rule.at and ("%s: %s"):format(rule.at, fault) or fault end
  end
  return nil, failure(workspace, map, { verdict = "failed", message = form })
end

-- What a suggestion rests on, for JSON alone. -> list, the bytes of all its sessions
function evaluate.listed(finding) return data_list(finding.measured, finding.declared, true) end

-- What a worker says of one step and pupil, as the host sees it. What an open suggestion rests on is not
-- written down again: it is listed when somebody is shown it.
local function take_finding(finding, declared, school)
  finding.step, finding.school, finding.declared = declared.steps[finding.step], school, declared
  local first = finding.measured[1]
  if finding.verdict == "suggest" and not first.met then
    finding.verdict = "failed"
    finding.words = ('it gives the rule "%s" as its reason, which is not met'):format(first.rule)
  elseif finding.verdict == "suggest" and not finding.open then
    finding.evidence, finding.bytes = evaluate.listed(finding)
    local too_many = limits.fault("evidence_bytes", finding.bytes, "because")
    if too_many then finding.verdict, finding.words = "failed", too_many end
  end
  return finding
end

-- A look at the schools of a map ---------------------------------------------------

local look = {}
look.__index = look

local function new_result()
  return { findings = {}, failed = {}, batches = {}, counts = {}, pupils = 0, errors = {}, bytes = {}, looked_at = 0 }
end

-- Look at every pupil of some schools as of a day, against one map.
--   filter   { as_of, diary, … } of the store
--   options  { workers = most, progress = function(pupils), profile = true, known = event | nil (what was
--              suggested by then), record = true when it is recorded (then a rate that rose a band is the
--              open suggestion that it was), undecided = { [enrolment] = true } (whose suggestions are looked
--              at one by one), same = { [school's number] = anything } (schools of which all was said before and
--              holds, but for who is listed), off = why the plugin is not asked at all | nil, without = names of
--              steps that are not asked }
-- look.room = of how many pupils more (all, if nothing is said) suggestions that are open are findings; of the
-- others they are only counted, and of `same` schools no more are asked about then: the result `is_part`.
-- Afterwards: failures, pupils, asked = { [place] = true } of steps that were asked of somebody, costs = {
-- [worker] = costs of core/host/lua_worker.h }, left_out = those of the failures for which the look has to
-- begin again without their steps, is_long = true where a case may be longer than what is told of one,
-- given_up = true when the plugin is at fault (either way nothing of the
-- look may be kept), not_asked = true when there was nobody to ask.
function evaluate.new(workspace, map, filter, options)
  local self = setmetatable({ workspace = workspace, map = map, filter = filter, options = options,
    queue = {}, failures = {}, errors = {}, pupils = 0, asked = {}, costs = {}, result = new_result(),
    room = math.huge, standing = 0, same = options.same or {} }, look)
  local why = map.broken or options.off
  if why then
    self.given_up, self.not_asked = true, true
    if not (map.broken and map.failures and map.failures[1]) then -- else it is said of all that could not be loaded
      self.failures[1] = { plugin = map.served, verdict = "failed", message = why, is_sentence = true }
    end
  end
  return self
end

-- The suggestions of a school, those of `undecided` marked.
function look:suggestions(school)
  local suggestions = problem.check(self.workspace.store:school_suggestions { school = school.id,
    known = self.options.known, diary = self.filter.diary, lower = self.options.record })
  for enrolment in next, self.options.undecided do suggestions:look(enrolment) end
  return suggestions
end

-- Nothing of the look is kept, for this reason: a step's own, or the plugin's.
function look:stop(failed)
  self.costs = {}
  if failed.step then
    failed.left_out = true
    self.left_out = self.left_out or {}
    table.insert(self.left_out, failed)
  else
    self.failures, self.given_up = { failed }, true
  end
end

-- One pupil of whom a step could say nothing.
function look:fail(finding)
  local errors, step = self.result.errors, finding.step
  local first = self.errors[step]
  if first then
    first.more[#first.more + 1] = { enrolment = finding.enrolment, message = finding.words }
  else
    first = step_failure(self.workspace, finding)
    first.more = {}
    self.errors[step], self.failures[#self.failures + 1] = first, first
  end
  self.result.failed[finding.enrolment .. " " .. step.name] = true
  errors[step] = (errors[step] or 0) + 1
  if errors[step] == limits.failing_pupils + 1 then self:stop(first) end
end

-- A step that says too much of a school is left out: limits.NAME is passed by `n`.
function look:bound(step, name, n)
  local why = limits.fault(name, n)
  if why then
    self:stop { plugin = step.plugin, version = step.version, step = step.name, verdict = "failed", message = why }
  end
  return why ~= nil
end

-- Count the evidence of a suggestion, by step.
function look:weigh(finding)
  local bytes, step = self.result.bytes, finding.step
  local before = bytes[step] or 0
  bytes[step] = before + (finding.bytes or 0)
  if before <= limits.school_evidence then self:bound(step, "school_evidence", bytes[step]) end
end

-- Hand out batches until the next is of a school for which no worker is free; a worker's further ones
-- wait until it has answered. -> whether all is well
function look:hand_out()
  while not self.done do
    local item = self.item or self.work.next()
    self.item = nil
    if not item then
      self.done = true
    elseif not item.bytes then
      self.queue[#self.queue + 1] = item
    elseif not self.sweep.asks then
      item.batch = problem.check(core.batch(item.ours, self.workspace:codes()))
      item.bytes, item.ours = true, nil
      self.queue[#self.queue + 1] = item
      return true
    else
      if item.school ~= self.school then
        local job, outcome = free_worker(self.pool)
        if outcome then return self:stop(failure(self.workspace, self.map, outcome)) end
        if not job then
          self.item = item
          return true
        end
        self.school, self.job = item.school, job
      end
      item.job, item.batch = self.job, problem.check(core.batch(item.ours, self.workspace:codes()))
      item.ours = nil
      self.is_long = self.is_long or #item.bytes > core.store.case_most // 2
      self.pool.given = self.pool.given + 1
      self.queue[#self.queue + 1] = item
      local waiting = self.pool.waiting[item.job]
      waiting[#waiting + 1] = item
      if #waiting == 1 and not self:send(item) then return false end
    end
  end
  return true
end

-- -> whether all is well
function look:send(item)
  local loading = self.pool.loading
  local loaded = loading[item.job]
  if loaded then
    local is_loaded, no_set = loaded()
    if not is_loaded then return self:stop(failure(self.workspace, self.map, no_set)) end
    loading[item.job] = nil
  end
  local sent, outcome = item.job:send("batch", item.bytes)
  if not sent then return self:stop(failure(self.workspace, self.map, outcome, item.batch)) end
  item.bytes = true
  return true
end

-- A worker that has answered goes on. -> whether all is well
function look:hand_on(job)
  local waiting = self.pool.waiting[job]
  if #waiting > 0 then return self:send(waiting[1]) and self:hand_out() end
  self.pool.idle[#self.pool.idle + 1] = job
  return self:hand_out()
end

-- Nobody else of a school is asked about.
function look:drop(school)
  local queue, result = {}, self.result
  for _, item in ipairs(self.queue) do
    if item.school == school and item.bytes then
      table.remove(self.pool.waiting[item.job], 1)
      result.is_part, result.looked_at, self.pupils = true, result.looked_at + item.pupils, self.pupils + item.pupils
    else
      queue[#queue + 1] = item
    end
  end
  self.queue = queue
end

-- The answer to a batch, and the worker goes on while we look at it; but of one of the `same` schools only if more are
-- to be listed. -> whether all is well
function look:take(item)
  local list, costs, held
  local is_same = item.job and self.same[item.school.id]
  local counted, last = self.standing >= self.room, nil
  if item.job then
    list, costs, held = item.job:receive(self.form, item.batch, item.suggestions, counted)
    if not list then return self:stop(failure(self.workspace, self.map, costs, item.batch)) end
    table.remove(self.pool.waiting[item.job], 1)
    if not is_same and not self:hand_on(item.job) then return false end
  else
    list, costs, held = self.form:answers(item.batch, item.suggestions, counted)
  end
  if costs then self.costs[item.job] = costs end
  local result = self.result
  for place, count in ipairs(held.steps) do result.counts[place] = (result.counts[place] or 0) + count end
  for _ in next, held.pupils do result.pupils = result.pupils + 1 end
  for place in next, held.asked do self.asked[place] = true end
  for _, each in ipairs(list) do
    local finding = take_finding(each, self.map.declared, item.school)
    finding.beside = held.pupils[finding.record]
    if finding.open and finding.record ~= last and not self.options.undecided[finding.enrolment] then
      self.standing, last = self.standing + 1, finding.record
    end
    if finding.verdict == "failed" then
      self:fail(finding)
    else
      result.findings[#result.findings + 1] = finding
      self:weigh(finding)
    end
  end
  if self.left_out then return false end
  result.batches[#result.batches + 1] = item.batch
  self.pupils, result.looked_at = self.pupils + item.pupils, result.looked_at + item.pupils
  if self.options.progress then self.options.progress(self.pupils) end
  if not is_same then return true end
  if self.standing >= self.room then self:drop(item.school) end
  return self:hand_on(item.job)
end

-- The next school that is done. -> school, result | nil
function look:next()
  while self:hand_out() and #self.queue > 0 do
    local item = table.remove(self.queue, 1)
    if item.bytes then
      if not self:take(item) then return nil end
    else
      local result = self.result
      result.suggestions, self.result, self.standing = item.suggestions, new_result(), 0
      self.pupils, result.looked_at = self.pupils + item.pupils, result.looked_at + item.pupils
      return item.school, result
    end
  end
end

function look:close()
  if self.work then self.work.close() end
  local jobs_of = self.pool and self.pool.all or {}
  if self.pool and #jobs_of == 0 then jobs_of[1] = self.pool.first[1] end
  for _, job in ipairs(jobs_of) do job:finish() end
  self.work, self.pool = nil, nil
end
look.__close = look.close

-- for school, result in look:schools(schools) do: each school in turn, with
--   result  { findings (suggested and gated, in the order of pupils and road map), failed =
--             { ["enrolment step"] = true }, batches, suggestions (core/host/lua_case.h),
--             counts = { [step's place] = n } and pupils of what was only counted, looked_at = how many pupils,
--             is_part = true where not all were asked about (look.room) }
function look:schools(schools)
  if self.given_up then return function() end end
  local no_form
  self.sweep = sweep_of(self.map, self.options.without)
  self.form, no_form = form_of(self.workspace, self.map, self.sweep)
  if not self.form then
    self:stop(no_form)
    return function() end
  end
  self.work = work_of(self.workspace, self.map, schools, self.filter, self.sweep, function(school)
    return self:suggestions(school)
  end, self.same)
  if not self.sweep.asks or #schools == 0 then return look.next, self, nil, self end
  self.pool = new_pool(self.options.workers, function()
    return start(self.workspace, self.map, self.filter.as_of, self.sweep,
      { without = self.sweep.without, profile = self.options.profile, ahead = true })
  end)
  return look.next, self, nil, self
end

-- One pupil, one step. -> finding, complete and with the person's fields | nil, failure
function evaluate.explain(workspace, map, filter, step)
  local form, no_form = form_of(workspace, map)
  if not form then return nil, no_form end
  local sweep, one = sweep_of(map, {}), copy_of(filter)
  one.rules = sweep.rules
  local next_batch, close = batches(workspace, one, plugins.granted(map.set))
  local bytes, ours = next_batch()
  close()
  if not bytes then problem.raise("there is nothing in the registers for this pupil by %s", filter.as_of) end
  local batch = problem.check(core.batch(ours, workspace:codes()))
  local all = table.concat({ plugins.set_key(map.set, map.options), step, filter.as_of, bytes }, "\n")
  local list, outcome, is_asked = workspace:answer(all, function()
    local job, no_job = start(workspace, map, filter.as_of, sweep, { explain = step })
    if not job then return nil, no_job end
    local found
    local sent, fault = job:send("batch", bytes)
    if sent then found, fault = job:receive(form, batch) end
    if found and not found[1] then found, fault = nil, job:refuse "nothing about the step" end
    job:finish()
    return found, fault, true
  end)
  if not list then return nil, failure(workspace, map, outcome, is_asked and batch or nil) end
  local finding = take_finding(list[1], map.declared, batch.school)
  if finding.verdict == "failed" then
    local failed = step_failure(workspace, finding)
    failed.printed = finding.printed
    return nil, failed
  end
  for name, value in next, evaluate.person(workspace, finding.enrolment) do finding[name] = value end
  finding.evidence = data_list(finding.measured, finding.declared)
  finding.consulted = data_list(finding.asked or {}, finding.declared)
  return finding
end

return evaluate
