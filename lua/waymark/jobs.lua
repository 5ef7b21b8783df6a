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
    instructions_job = limits.instructions_job, seed = 1, count = request.profile and "exact" or nil }
  local kind, answer = jobs.ask(job, "load", request)
  if not kind then return nil, answer end
  if kind ~= "declared" then return nil, { verdict = "failed", message = "it answered out of turn" } end
  return answer
end

-- One question with the batch of one pupil. -> answer | nil, outcome
function jobs.consult(job, question, bytes)
  local text = problem.check(core.encode(question))
  local kind, payload = job:request("consult", string.pack("<s4", text) .. bytes)
  if not kind then return nil, payload end
  local value = core.decode(payload)
  if kind == "consulted" and value then return value end
  if kind == "refused" and value then return nil, { verdict = value.verdict, message = value.message } end
  return nil, { verdict = "failed", message = "it answered out of turn" }
end

-- The answer to a batch that was sent: its text, to be read by a form (see
-- core/host/lua_answer.h). -> payload | nil, outcome
function jobs.receive_batch(job)
  local kind, payload = job:receive()
  if not kind then return nil, payload end
  if kind == "suggested" then return payload end
  local value = core.decode(payload)
  if kind == "refused" and value then return nil, { verdict = value.verdict, message = value.message } end
  return nil, { verdict = "failed", message = "it answered out of turn" }
end

return jobs
