-- plugin/worker: asking a worker process, and reading what it answers as one would read
-- something from the network: against a closed form, with nothing believed.
--
-- An outcome is { verdict, message, record, step, … } of core/host/lua_worker.h. A worker
-- whose answer is not in its form is killed.

local core = require "waymark.core"
local paths = require "waymark.base.paths"
local plugin_forms = require "waymark.plugin.forms"
local problem = require "waymark.base.problem"

local jobs = {}

local MB = 1024 * 1024
local most_request = 4 * MB -- of core/worker/frame.h

-- Declaring: a plugin of ordinary size loads in a few milliseconds.
jobs.declare_limits = { memory = 64 * MB, cpu = 2, wall = 3,
  instructions_call = 50000000, instructions_job = 100000000 }
-- Evaluating: per batch 3 s on the wall, per call an amount no honest step needs.
jobs.evaluate_limits = { memory = 64 * MB, cpu = 3600, wall = 3,
  instructions_call = 20000000, instructions_job = 1 << 52 }
-- Consulting: one step for one pupil.
jobs.consult_limits = { memory = 64 * MB, cpu = 2, wall = 3,
  instructions_call = 20000000, instructions_job = 1 << 52 }
-- Trying: one call, after what the set-up takes.
jobs.try_limits = { memory = 64 * MB, cpu = 2, wall = 3,
  instructions_call = 100000000, instructions_job = 1 << 52 }

-- Start a worker. -> job | nil, outcome
function jobs.start(limits)
  local worker = problem.check(paths.worker())
  return core.worker.start { worker = worker, memory = limits.memory, cpu = limits.cpu, wall = limits.wall }
end

-- One request. -> kind, answer | nil, outcome
function jobs.ask(job, kind, payload, seconds)
  local answered, answer = job:request(kind, payload, seconds)
  if not answered or plugin_forms.fits(answered, answer) then return answered, answer end
  return nil, job:refuse(("not what a %s message has"):format(answered))
end

-- Load a set of plugins. -> what they declare | nil, outcome
function jobs.load(job, request, limits)
  request.limits = { memory = limits.memory, instructions_call = limits.instructions_call,
    instructions_job = limits.instructions_job, seed = 1, count = request.profile and "exact" or nil }
  local text = problem.check(core.encode(request))
  if #text > most_request then
    return nil, { verdict = "refused", message = "with all that it needs it is over 4 MB" }
  end
  local kind, answer = jobs.ask(job, "load", text)
  if kind == "declared" then return answer end
  return nil, kind and job:refuse(("a %s message out of turn"):format(kind)) or answer
end

-- One question with the batch of one pupil. -> answer | nil, outcome
function jobs.consult(job, question, bytes)
  local kind, answer = jobs.ask(job, "consult", string.pack("<s4", problem.check(core.encode(question))) .. bytes)
  return kind and answer, answer
end

return jobs
