-- job: what a worker does with a load set. The host asks, this answers, in
-- plain tables that become JSON, of a batch bytes (core/worker/suggested.h); nothing here opens anything.
--
--   load(request)    request.stage "manifest": read plugin.lua alone; "faults": say which of
--                    a plugin's files cannot be read at all, and run nothing;
--                    else load everything and say what it declares; if the host knows
--                    that already (request.known), {}, and nothing is checked again
--   evaluate(batch)  every pupil of the batch against every step of the road
--                    map but those in request.without: a list of what is suggested,
--                    gated or failed; with request.explain = STEP, that step for the
--                    first pupil
--   events(batch, {events})
--                    every event to every hook that is on for it, in order: a list
--                    of effects, or what failed
--   consult(batch, {step, what, on, fields, entry})
--                    one question to one step, for the batch's one pupil (consult.lua)
--   consult("", {profile, file})
--                    what the `read` of a profile says of a file (profile.lua)
--   try_env(env, …)  the environment of `waymark plugin try` with pupils
--
-- An answer refers: to the pupil by its place in the batch, to rules by name.
-- The host measures again and writes the figures itself.

local core = require "core"
local check = require "check"
local plugins = require "plugin"
local manifests = require "manifest"
local effects = require "effects"
local reasons = require "evidence"
local cases = require "case"
local steps = require "step"
local consults = require "consult"
local limits = require "limits"
local profiles = require "profile"
local pupils = require "pupil"

local job = {}
local explain_step

local set -- the load set of this worker

local most_printed = 200 -- lines; each as long as a reason may be
local most_swept = 62 -- as many as a batch says of each pupil

local function load_manifest(request)
  local plugin = request.plugins[1]
  return manifests.declared(plugins.manifest(plugin.name, plugin.files))
end

-- The batch of a block of bytes, with the codes and grants of the request.
local function open_batch(bytes, request)
  local batch, message = core.batch(bytes, request.codes_set, request.granted_set)
  if not batch then error(message, 0) end
  return batch
end

local function read_codes(request)
  request.codes_set = core.codes(request.codes or {})
  request.granted_set = {}
  for _, name in ipairs(request.granted or {}) do request.granted_set[name] = true end
end

-- What each step has cost: { calls, nanoseconds, instructions, bytes, pupils of whom it was asked }
-- by its place.
local function metered(costs)
  local current
  local function call_metered(fn, ...)
    local nanoseconds, instructions, bytes = fence.meter()
    local ok, a = fence.call(fn, ...)
    local then_nanoseconds, then_instructions, then_bytes = fence.meter()
    current[1], current[2] = current[1] + 1, current[2] + then_nanoseconds - nanoseconds
    current[3], current[4] = current[3] + then_instructions - instructions, current[4] + then_bytes - bytes
    return ok, a
  end
  return call_metered, function(at)
    current = costs[at]
    current[5] = current[5] + 1
  end
end

local function begin_profile(before)
  local costs = before or core.array {}
  for at = 1, before and 0 or #set.steps do costs[at] = core.array { 0, 0, 0, 0, 0 } end
  set.costs = costs
  set.call, set.costs_of = metered(costs)
end

-- A step can be recorded that is on no road map now: then its file is still there.
local function check_recorded(each, conditions)
  local names = {}
  for _, plugin in ipairs(set.list) do
    for path in next, plugin.files do
      local name = path:match "^steps/([^/]+)%.lua$"
      if name then names[name] = true end
    end
  end
  for _, condition in ipairs(conditions) do
    if condition.step and not names[condition.step] then
      error(('%s/steps/%s.lua: when: there is no step "%s"%s'):format(each.plugin.name, each.name, condition.step,
        check.did_you_mean(condition.step, check.names(names))), 0)
    end
  end
end

-- Of whom each step is asked: the rules of its `when` as bits of what a batch says is met of a
-- pupil, in the order of request.swept; and its conditions on what was recorded; `set.looks`: there are
-- such. No bits where the host did not look: then the step is asked about everybody.
local function add_conditions()
  local count, known, place = 0, {}, {}
  for i, name in ipairs(set.request.swept or {}) do place[name] = i - 1 end
  for _, each in ipairs(set.steps) do
    local rules, recorded = steps.conditions(each.step)
    if each.step.when then each.bits, each.recorded = 0, recorded end
    set.looks = set.looks or #recorded > 0
    if #recorded > 0 and not set.request.known then check_recorded(each, recorded) end
    for _, rule in ipairs(rules) do
      if not known[rule] then known[rule], count = true, count + 1 end
      each.bits = each.bits and place[rule.name] and each.bits | 1 << place[rule.name]
    end
    if count > most_swept then
      error(("%s/steps/%s.lua: when: with those of the steps before it, it names over %d rules together; have some "
        .. "steps ask about theirs in suggest"):format(each.plugin.name, each.name, most_swept), 0)
    end
  end
end

local printed = core.array {} -- while one step is explained

-- The print of plugins while one step is explained.
local function print_kept(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
  local line = table.concat(parts, " ")
  if check.text_fault(line, #line, "") then line = line:gsub("[\0\128-\255]", "?") end
  if #line > limits.reason then
    line = line:sub(1, utf8.offset(line, 0, limits.reason - 2) - 1) .. "…"
  end
  if #printed < most_printed then printed[#printed + 1] = line end
end

local function load(request)
  if request.stage == "manifest" then return load_manifest(request) end
  if request.stage == "faults" then return { faults = plugins.faults(request.plugins[1]) } end
  local before = set and set.costs
  set = plugins.load(request.plugins, { today = request.today, print = request.explain and print_kept,
    is_checked = request.known })
  pupils.use_rules(set.rules)
  pupils.use_steps(function() return request.entry_steps end)
  set.request, set.call = request, fence.call -- of a step's function; metered when the host asks for a profile
  if not request.codes_set then read_codes(request) end
  add_conditions()
  local without = {}
  for _, name in ipairs(request.without or {}) do without[name] = true end
  set.asked, set.place = {}, {} -- the places of the steps that are asked, those of all by name
  for at, each in ipairs(set.steps) do
    set.place[each.name] = at
    if each.step.suggest and not each.further and not without[each.name] then set.asked[#set.asked + 1] = at end
  end
  if request.profile then begin_profile(before) end
  if request.known then return {} end
  local declared = plugins.declared(set)
  local text = core.encode(declared) -- what cannot be sent at all is said where it is sent
  local too_many = text and limits.fault("declared", #text)
  if too_many then error(too_many, 0) end
  return declared
end

-- What is declared ({} when that is known), or { failed = what stopped it, as check.failure says }.
-- `bytes` are the texts of the plugins' files, of which the request has the places.
function job.load(request, bytes)
  for _, plugin in ipairs(request.plugins) do
    for path, place in next, plugin.files do plugin.files[path] = bytes:sub(place[1], place[2]) end
  end
  local ok, answer = fence.call(load, request)
  return ok and answer or { failed = check.failure(answer) }
end

-- Answers --------------------------------------------------------------------

local function reference(evidence)
  if type(evidence) ~= "table" and type(evidence) ~= "userdata" then
    error("after the words, because takes evidence", 0)
  end
  local name = evidence.rule
  if not set.rules[name] then error(('"%s" is not a rule that a plugin declared'):format(name), 0) end
  local from, to = evidence.asked_from, evidence.asked_to
  for _, each in next, { from, to } do
    if type(each) ~= "string" then error("a reason rests on evidence; leave it as because made it", 0) end
  end
  return { rule = name, from = from, to = to }
end

local function check_text(text, most, what)
  local fault = check.text_fault(text, most, what)
  if fault then error(fault, 0) end
  return text
end

local function suggestion(answer, reason)
  if not reasons.is_reason(reason) then
    error(('suggest should return nil or evidence:because "…", not %s'):format(
      type(reason) == "userdata" and 'evidence alone; add :because "…"' or check.given(reason)), 0)
  end
  answer.words = check_text(reason.words, limits.reason, "the reason")
  local concern = reason.concern and check_text(reason.concern, limits.concern, "the concern")
  if concern and check.line_fault(concern, limits.concern, "") then
    error("the concern should say what it is about, in one line; leave it out for the rule's own", 0)
  end
  answer.concern = concern
  local too_many = limits.fault("evidence", #reason.evidence, "because")
  if too_many then error(too_many, 0) end
  answer.rules = core.array {}
  for i, evidence in ipairs(reason.evidence) do answer.rules[i] = reference(evidence) end
  if #answer.rules == 0 then error("a reason rests on evidence; leave it as because made it", 0) end
  answer.verdict = "suggest"
  return answer
end

local function gated(answer, why)
  if type(why) ~= "string" or not why:find "%S" then
    error(("the gate should return nil when nothing holds the step back, or why it does, in words; not %s"):format(
      check.given(why)), 0)
  end
  answer.verdict = "gated"
  answer.words = check_text(why, limits.reason, "what the gate says")
  return answer
end

local function failed(answer, message)
  answer.verdict = "failed"
  answer.words = tostring(message)
  return answer
end

local function served() return set.list[#set.list] end

local function in_file(each, message) return ("%s/steps/%s.lua: %s"):format(each.plugin.name, each.name, message) end

-- An error of a step that was just caught. One that `return evidence:because(…)` raised has no line
-- of the step's own: then its file is named.
local function step_failed(answer, each, message)
  message = message:gsub("^sdk/[%w_]+%.lua:%d+: ", "")
  if served().name ~= each.plugin.name then -- whose grants are in force
    message = message:gsub("reads in plugin%.lua$", "reads in " .. served().name .. "/plugin.lua")
  end
  return failed(answer, plugins.placed(message, function(text) return in_file(each, text) end))
end

-- What becomes of a reason that a step gave: a suggestion, unless the gate says why not.
local function answer_for(record, each, pupil, case, reason, by)
  local answer = { record = record, step = each.name }
  local ok, why = true, nil
  if each.step.gate then ok, why = by(each.step.gate, pupil, case) end
  if not ok then return step_failed(answer, each, why) end
  local said = reason
  if why ~= nil then said = why end
  local fine, result = fence.call(why == nil and suggestion or gated, answer, said)
  return fine and result or step_failed(answer, each, result)
end

-- What a step says of a pupil; called by `set.call`, or where it is not to count by fence.call. Most
-- steps say nothing of most pupils: nothing is made for those.
local function ask(record, at, each, pupil, case, by)
  fence.at(record, at)
  if set.costs and by == set.call then set.costs_of(at) end
  local ok, reason = by(each.step.suggest, pupil, case)
  if ok and reason == nil then return nil end
  return ok and answer_for(record, each, pupil, case, reason, by)
    or step_failed({ record = record, step = each.name }, each, reason)
end

-- Asking again -------------------------------------------------------------------

-- A step that counts, remembers, or goes by chance says of a pupil what it would not say of them
-- alone: then a pupil would read of another, and `suggest` and `explain` would differ. So at the end
-- of a batch the first of whom it said nothing and the first of whom it said something are asked
-- about again. Of a school's own plugins that is not enough: they begin anew, and are asked about all
-- of whom something was said and the last of whom nothing was, the last first. There is nobody of whom
-- they heard before a pupil both times.

local function said_in(answer)
  if not answer then return "" end
  local parts = { answer.verdict, answer.words, answer.concern or "" }
  for _, each in ipairs(answer.rules or {}) do
    parts[#parts + 1] = ("%s %s %s"):format(each.rule, each.from, each.to)
  end
  return table.concat(parts, "\n")
end

local function failed_of(record, each, why)
  return failed({ record = record, step = each.name }, in_file(each, why))
end

local otherwise = "asked again about the same pupil it answers otherwise; keep nothing from pupil to pupil in a "
  .. "variable outside suggest, and leave nothing to chance"

-- All that the step said in a batch is a failure then, at least of the pupil of `record`.
local function fail_all(answers, record, at, each)
  local found, place = false, #answers + 1
  for i = #answers, 1, -1 do
    local other = answers[i]
    if other.step == each.name then
      found, answers[i] = true, failed_of(other.record, each, otherwise)
    elseif other.record > record or other.record == record and set.place[other.step] > at then
      place = i
    end
  end
  if not found then table.insert(answers, place, failed_of(record, each, otherwise)) end
end

-- Load the set anew, for a school: what its files kept is gone.
local function begin_anew(school)
  local ok, message = fence.call(load, set.request)
  if not ok then error(message, 0) end
  set.school = school
end

-- The steps of `asked` are asked again, the last first; `wrong`: of those that said otherwise.
local function compare(batch, answers, asked, wrong)
  for i = #asked, 1, -1 do
    local before = asked[i]
    local each, pupil = set.steps[before.at], not wrong[before.at] and batch[before.record]
    if pupil and said_in(ask(before.record, before.at, each, pupil, cases.of(pupil), fence.call)) ~= before.said then
      wrong[before.at] = true
      fail_all(answers, before.record, before.at, each)
    end
  end
end

-- `asked`: { record, at (of the step), said } of those who were told something, in order; `firsts`:
-- the first by step of whom nothing and of whom something was said; `lasts`: the last records of
-- whom nothing was, by step.
local function ask_again(bytes, batch, answers, asked, firsts, lasts)
  if next(firsts) == nil then return end
  local wrong, first = {}, {}
  for _, each in next, firsts do first[#first + 1] = each end
  for at, record in next, lasts do asked[#asked + 1] = { record = record, at = at, said = "" } end
  for _, list in ipairs { first, asked } do
    table.sort(list, function(a, b) return a.record < b.record or a.record == b.record and a.at < b.at end)
  end
  compare(batch, answers, first, wrong)
  if not set.request.audit then return end
  begin_anew(set.school)
  compare(open_batch(bytes, set.request), answers, asked, wrong)
end

-- How much the answers take as JSON, by step, and all together. Few come near the limit: as long as
-- the most that they can take does not, nothing is counted.
local function sizes_of(answers)
  local most, by_step, all = 0, {}, 0
  for _, answer in ipairs(answers) do
    most = most + 200 + 6 * (#(answer.words or "") + #(answer.concern or "")) + 300 * #(answer.rules or "")
  end
  if most <= limits.answer then return by_step, most end
  for _, answer in ipairs(answers) do
    local size = #core.encode(answer) + 1
    by_step[answer.step], all = (by_step[answer.step] or 0) + size, all + size
  end
  return by_step, all
end

-- What is said of a batch is one message. Where it would be too large, the step that says most is at
-- fault: all that it said are failures then, of which only as many are kept as leave it out of the run.
local function fit(answers)
  local by_step, all = sizes_of(answers)
  while all > limits.answer do
    local largest
    for _, each in ipairs(set.steps) do
      if by_step[each.name] and (not largest or by_step[each.name] > by_step[largest.name]) then largest = each end
    end
    local why = limits.fault("answer", all, "this step says most")
    local kept, failures = core.array {}, {}
    for _, answer in ipairs(answers) do
      if answer.step ~= largest.name then
        kept[#kept + 1] = answer
      elseif #failures <= limits.failing_pupils then
        failures[#failures + 1] = failed_of(answer.record, largest, why)
        kept[#kept + 1] = failures[#failures]
      end
    end
    local _, size = sizes_of(failures)
    answers, all, by_step[largest.name] = kept, all - by_step[largest.name] + size, nil
  end
  return answers
end

-- Every school begins with a plugin that has seen none: what a step kept in a variable
-- of its own must not reach another school.
local function begin_school(school)
  if set.school then begin_anew(school) end
  set.school = school
end

-- The names of the steps of which something was recorded for a pupil, as { [name] = true }; nil when
-- nothing was, true without the grant to look: then a step is asked, and says itself what it misses.
local function recorded_of(pupil)
  if not set.request.granted_set.cases then return true end
  local names
  for _, entry in ipairs(cases.list(cases.of(pupil))) do
    names = names or {}
    names[entry.step or ""] = true
  end
  return names
end

-- Whether a step is asked about a pupil of whom these rules are met, and this was recorded: always
-- without `when`.
local function is_asked(each, met, recorded)
  if not each.bits or each.bits & met ~= 0 then return true end
  for _, condition in ipairs(recorded and each.recorded or {}) do
    if recorded == true or not condition.step or recorded[condition.step] then return true end
  end
  return false
end

function job.evaluate(bytes)
  local batch = open_batch(bytes, set.request)
  if set.request.audit and set.school or set.school ~= batch.school.id then begin_school(batch.school.id) end
  if set.request.explain then return explain_step(batch, set.request.explain) end
  local answers, met, asked, failures = core.array {}, batch.met, {}, {}
  local again, firsts, lasts = {}, {}, {}
  for record = 1, #batch do
    local bits, recorded = met[record], set.looks and recorded_of(batch[record]) or nil
    for _, at in ipairs(set.asked) do
      local each = set.steps[at] -- one that is left out says no more
      if is_asked(each, bits, recorded) and (failures[at] or 0) <= limits.failing_pupils then
        local pupil = batch[record] -- its own: what it writes into its fields reaches no step after it
        local answer = ask(record, at, each, pupil, cases.of(pupil), set.call)
        answers[#answers + 1], asked[at] = answer, true
        local place = answer and 2 * at or 2 * at - 1
        if answer and answer.verdict == "failed" then
          failures[at] = (failures[at] or 0) + 1
        elseif set.request.audit or not firsts[place] then
          local said = { record = record, at = at, said = said_in(answer) }
          firsts[place] = firsts[place] or said
          if answer then again[#again + 1] = said else lasts[at] = record end
        end
      end
    end
  end
  ask_again(bytes, batch, answers, again, firsts, lasts)
  answers = fit(answers)
  fence.at(0) -- what goes wrong from here on is no step's
  return { answers = answers, asked = core.array(check.names(asked)), costs = set.costs }
end

-- Explaining -----------------------------------------------------------------

-- The message of a measure that was called through us, as its caller would have had it.
local function as_called(kind, message)
  local place, rest = tostring(message):match "^bad argument #(%d+) to '%?' (.*)$"
  if not place then return message end
  if place == "1" then return ("calling '%s' on bad self %s"):format(kind, rest) end
  return ("bad argument #%d to '%s' %s"):format(math.tointeger(place) - 1, kind, rest)
end

-- From now on keep every rule that a step asks about.
local function trace_measures()
  local consulted = {}
  local kinds = { "measure", table.unpack(core.rule.kinds) }
  for _, kind in ipairs(kinds) do
    local measure = core.pupil_methods[kind]
    core.pupil_methods[kind] = function(...)
      local ok, evidence = pcall(measure, ...)
      if not ok then error(as_called(kind, evidence), 2) end
      consulted[#consulted + 1] = evidence
      return evidence
    end
  end
  return consulted
end

local function distinct(consulted)
  local list, seen = core.array {}, {}
  for _, evidence in ipairs(consulted) do
    local key = ("%s %s %s"):format(evidence.rule, evidence.asked_from, evidence.asked_to)
    if set.rules[evidence.rule] and not seen[key] then
      seen[key] = true
      list[#list + 1] = reference(evidence)
    end
  end
  return list
end

local not_asked = 'its suggest has something to say, but is not asked: nothing of its "when" is met'

-- One step for the first pupil of the batch: the answer as above (verdict
-- "none" when nothing is suggested, with words where only its `when` keeps it from that),
-- what the gate says in any case, and every rule that was asked on the way.
function explain_step(batch, name)
  local consulted = trace_measures()
  for at, each in ipairs(set.steps) do
    if each.name == name then
      local step, pupil = each.step, batch[1]
      local case = cases.of(pupil)
      local given, lines
      if step.suggest and not each.further then
        given = ask(1, at, each, pupil, case, set.call)
        lines = #printed
        if said_in(ask(1, at, each, pupil, case, fence.call)) ~= said_in(given) then
          given = failed_of(1, each, otherwise)
        end
        for i = #printed, lines + 1, -1 do printed[i] = nil end
      end
      if given and not is_asked(each, batch.met[1], recorded_of(batch[1])) then -- asked for what it consulted
        given = { record = 1, step = name, verdict = "none", words = not_asked }
      end
      local answer = given or { record = 1, step = name, verdict = "none" }
      if step.gate then
        local ok, why = fence.call(step.gate, pupil, case)
        answer.gate = ok and not check.text_fault(why, limits.reason, "") and why or nil
        if not ok then step_failed(answer, each, why) end
      end
      answer.consulted, answer.printed = distinct(consulted), printed
      return { answers = core.array { answer } }
    end
  end
  error(('the road map has no step "%s"'):format(name), 0)
end

-- Hooks ------------------------------------------------------------------------

local function set_today(day)
  for _, plugin in ipairs(set.list) do rawset(plugin.env, "today", day) end
end

-- Call one hook; its effects are added to those `given`, each with its number.
local function ask_hook(hook, context, given)
  local asked = hook.fn(context.event, context.pupil)
  for _, effect in ipairs(effects.list(asked, context.number)) do
    local sent, bytes = effects.sent(effect, context)
    given.bytes, context.number = given.bytes + bytes, context.number + 1
    local too_many = limits.fault("all_effects", given.bytes)
    if too_many then error(too_many, 0) end
    sent.event, sent.number = context.at, context.number
    given.effects[#given.effects + 1] = sent
  end
end

-- One event to all its hooks, what they ask for added to `given`. -> true | false, message
local function tell(event, at, pupil, given)
  local context = { event = effects.event(event, set.request.granted_set), pupil = pupil, rules = set.rules,
    manifest = served().manifest, at = at, number = 0 }
  for i, hook in ipairs(set.hooks) do
    if hook.event == event.kind then
      fence.at(at, i)
      local ok, message = fence.call(ask_hook, hook, context, given)
      if not ok then
        return false, plugins.placed(message:gsub("^sdk/[%w_]+%.lua:%d+: ", ""), function(text)
          return ('%s: on("%s"): %s'):format(served().name, hook.event, text)
        end)
      end
    end
  end
  return true
end

-- Whether the hooks are to hear of each pupil as if of no other: those of a school's own plugin that may
-- write to families, who must not read of another's child what a hook kept.
local function hears_apart()
  if not set.request.audit then return false end
  for _, right in ipairs(served().manifest.sends or {}) do
    if right == "mail" or right == "mail-family" then return true end
  end
  return false
end

-- `bytes` is a batch or nil; each event names its pupil by the place in it, and all are of one
-- school. What fails, fails the plugin: no effect of it is kept.
function job.events(bytes, request)
  local school, heard = request.events[1].school, nil
  if set.school ~= school then begin_school(school) end
  local batch, apart = bytes and open_batch(bytes, set.request), hears_apart()
  local given = { effects = core.array {}, bytes = 0 }
  for at, event in ipairs(request.events) do
    if apart and set.heard and heard ~= (event.record or 0) then
      begin_anew(school)
      batch = bytes and open_batch(bytes, set.request)
    end
    set.heard, heard = true, event.record or 0
    set_today(event.on)
    local ok, message = tell(event, at, batch and event.record and batch[event.record] or nil, given)
    if not ok then return { effects = core.array {}, failed = { event = at, message = message } } end
  end
  return { effects = given.effects }
end

-- Consulting -------------------------------------------------------------------

-- { reading }, or { failed = message }.
local function ask_profile(request)
  local profile, where = plugins.profile(set, request.profile)
  local ok, reading = fence.call(profiles.ask, profile, request.file, set.request.granted_set)
  if ok then return { reading = reading } end
  return { failed = plugins.placed(reading:gsub("^sdk/[%w_]+%.lua:%d+: ", ""), function(text)
    return ("%s: %s"):format(where, text)
  end) }
end

-- One step is asked for one pupil: { fields }, { why }, { checklist }, { routes }, { words },
-- or { failed = message }.
function job.consult(bytes, request)
  if request.profile then return ask_profile(request) end
  local batch = open_batch(bytes, set.request)
  for at, each in ipairs(set.steps) do
    if each.name == request.step then
      set_today(request.on)
      fence.at(1, at)
      request.level = each.plugin.manifest.api
      local pupil = batch[1]
      local ok, answer = fence.call(consults.ask, each.step, pupil, cases.of(pupil), request)
      return ok and answer or { failed = step_failed({}, each, answer).words }
    end
  end
  error(('there is no step "%s"'):format(request.step), 0)
end

-- Trying -----------------------------------------------------------------------

-- A try's environment, with `pupils` over the batches that were sent:
-- for pupil in pupils() do … end
function job.try_env(env, batches, request)
  read_codes(request)
  pupils.use_steps(function() return request.entry_steps end)
  for _, kind in ipairs(core.rule.kinds) do
    env[kind] = core.rule[kind]
  end
  env.date = plugins.environment().date
  env.today = request.today
  env.pupils = function()
    local at, record, batch = 1, 0, nil
    return function()
      record = record + 1
      if batch and record > #batch then at, record, batch = at + 1, 1, nil end
      if not batches[at] then return nil end
      batch = batch or open_batch(batches[at], request)
      return batch[record]
    end
  end
  return env
end

return job
