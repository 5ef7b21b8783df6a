-- jobs: asking a worker process, and reading what it answers as one would read
-- something from the network: against a closed form, with nothing believed.
--
-- An outcome is { verdict, message, record, step, … } of lua_plugin_job.h.

local core = require "waymark.core"
local paths = require "waymark.paths"
local problem = require "waymark.problem"

local jobs = {}

local MB = 1024 * 1024
local most_request = 4 * MB -- of core/worker/frame.h

-- Declaring: a plugin of ordinary size loads in a few milliseconds.
jobs.declare_limits = { memory = 64 * MB, cpu = 2, wall = 3,
  instructions_call = 50000000, instructions_job = 100000000 }
-- Evaluating: per batch 3 s on the wall, per call an amount no honest step needs.
jobs.evaluate_limits = { memory = 64 * MB, cpu = 3600, wall = 3,
  instructions_call = 20000000, instructions_job = 1 << 52 }
jobs.try_limits = { memory = 64 * MB, cpu = 2, wall = 3,
  instructions_call = 100000000, instructions_job = 100000000 }

-- Start a worker. -> job | nil, outcome
function jobs.start(limits)
  local worker = problem.check(paths.worker())
  return core.worker.start { worker = worker, memory = limits.memory, cpu = limits.cpu, wall = limits.wall }
end

-- One request with a table as its text. -> kind, table | nil, outcome
function jobs.ask(job, kind, request)
  local text = problem.check(core.encode(request))
  if #text > most_request then
    return nil, { verdict = "refused", message = "with all that it needs it is over 4 MB" }
  end
  local answer, payload = job:request(kind, text)
  if not answer then return nil, payload end
  local value, message = core.decode(payload)
  if value == nil then return nil, { verdict = "failed", message = "its answer cannot be read: " .. message } end
  if answer == "refused" then return nil, { verdict = value.verdict, message = value.message } end
  return answer, value
end

-- Load a set of plugins. -> what they declare | nil, outcome
function jobs.load(job, request, limits)
  request.limits = { memory = limits.memory, instructions_call = limits.instructions_call,
    instructions_job = limits.instructions_job, seed = 1 }
  local kind, answer = jobs.ask(job, "load", request)
  if not kind then return nil, answer end
  if kind ~= "declared" then return nil, { verdict = "failed", message = "it answered out of turn" } end
  return answer
end

-- Closed forms ------------------------------------------------------------------

local function is_text(value, most) return type(value) == "string" and #value <= most end

local function is_list(value, most) return type(value) == "table" and #value <= most end

local verdicts = { suggest = true, gated = true, failed = true, none = true }
local answer_fields = { record = true, step = true, verdict = true, words = true, concern = true, rules = true,
  gate = true, consulted = true }
local rule_fields = { rule = true, from = true, to = true }

local function is_closed(value, fields)
  for name in next, value do
    if not fields[name] then return false end
  end
  return true
end

local function rules_fault(list, declared)
  if not is_list(list, 50) then return "rules" end
  for _, each in ipairs(list) do
    if type(each) ~= "table" or not declared.rules_by_name[each.rule] or not is_closed(each, rule_fields) then
      return "rules"
    end
    for _, name in ipairs { "from", "to" } do
      if each[name] ~= nil and not (is_text(each[name], 10) and core.date.parse(each[name])) then
        return "a period"
      end
    end
  end
end

-- One item of SUGGESTED: nil, or what is wrong with it.
local function answer_fault(answer, count, declared)
  if type(answer) ~= "table" or not is_closed(answer, answer_fields) then return "its form" end
  if math.type(answer.record) ~= "integer" or answer.record < 1 or answer.record > count then
    return "the pupil"
  end
  if not declared.steps_by_name[answer.step] then return "the step" end
  if not verdicts[answer.verdict] then return "the verdict" end
  if answer.words ~= nil and not is_text(answer.words, 8192) then return "the words" end
  if answer.gate ~= nil and not is_text(answer.gate, 8192) then return "the gate" end
  if answer.concern ~= nil and not is_text(answer.concern, 64) then return "the concern" end
  if answer.verdict == "suggest" then
    if not is_text(answer.words, 500) then return "the words" end
    if type(answer.rules) ~= "table" or #answer.rules == 0 then return "rules" end
  end
  return rules_fault(answer.rules or {}, declared) or rules_fault(answer.consulted or {}, declared)
end

-- Evaluate one batch of `count` pupils. -> list of answers | nil, outcome
function jobs.evaluate(job, bytes, count, declared)
  local kind, payload = job:request("batch", bytes)
  if not kind then return nil, payload end
  local value = core.decode(payload)
  if kind == "refused" and value then return nil, { verdict = value.verdict, message = value.message } end
  if kind ~= "suggested" or type(value) ~= "table" or not is_list(value.answers, count * 200) then
    return nil, { verdict = "failed", message = "its answer is malformed" }
  end
  local seen = {}
  for _, answer in ipairs(value.answers) do
    local fault = answer_fault(answer, count, declared)
    local key = not fault and answer.record .. " " .. answer.step
    if seen[key] then fault = "the same step twice" end
    seen[key] = true
    if fault then
      return nil, { verdict = "failed", message = ("its answer is malformed (%s)"):format(fault) }
    end
  end
  return value.answers
end

return jobs
