-- worker: starting the built worker from specs, by the core's own binding.
--
-- The program is WAYMARK_WORKER, or build/waymark-worker.

local core = require "waymark.core"

local worker = {
  path = os.getenv "WAYMARK_WORKER" or "build/waymark-worker",
  encode = core.encode, decode = core.decode, array = core.array,
}

-- A job (memory, cpu, wall as the caller likes), or nil and the outcome.
function worker.start(options)
  options = options or {}
  return core.worker.start {
    worker = options.worker or worker.path,
    memory = options.memory, cpu = options.cpu, wall = options.wall,
  }
end

-- A request whose payload is a table, with the answer as a table:
-- kind, answer | nil, outcome
function worker.ask(job, kind, payload, seconds)
  local answer_kind, answer = job:request(kind, core.encode(payload), seconds)
  if not answer_kind then return nil, answer end
  return answer_kind, core.decode(answer)
end

-- Run `source`, any bytes, as `waymark plugin try` does: what became of it, as
-- the worker tells it, or the host's verdict when there was no answer; and how
-- the job ended.
function worker.try(source, options)
  options = options or {}
  local job <close>, outcome = worker.start(options)
  if not job then return outcome, outcome end
  local kind, answer = worker.ask(job, "load", {
    kind = "try", name = options.name or "plugin.lua", limits = options.limits,
  })
  if kind then kind, answer = job:request("try", source) end
  if kind then answer = core.decode(answer) end
  return answer, job:finish()
end

return worker
