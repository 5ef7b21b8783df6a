-- worker: starting the built worker from specs, by the core's own binding.
--
-- The program is WAYMARK_WORKER, or that of the build under test.

local core = require "waymark.core"
local jobs = require "waymark.plugin.worker"

local worker = {
  path = os.getenv "WAYMARK_WORKER" or (os.getenv "WAYMARK_BUILD" or "build") .. "/waymark-worker",
  encode = core.encode, decode = core.decode, array = core.array,
}

-- A job (memory, cpu, request, wall as the caller likes), or nil and the outcome.
function worker.start(options)
  options = options or {}
  return core.worker.start {
    worker = options.worker or worker.path,
    memory = options.memory, cpu = options.cpu, request = options.request, wall = options.wall,
    ahead = options.ahead,
  }
end

-- A request whose payload is a table, with the answer, in its form:
-- kind, answer | nil, outcome
function worker.ask(job, kind, payload)
  return jobs.ask(job, kind, payload.plugins and jobs.load_bytes(payload) or core.encode(payload))
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
  if kind then answer = select(2, job:request("try", source)) end
  return answer, job:finish()
end

-- Plugins -----------------------------------------------------------------------

local function form_of(declared, codes)
  local steps, rules = {}, {}
  for i, step in ipairs(declared.steps) do steps[i] = step.name end
  for i, rule in ipairs(declared.rules) do rules[i] = core.rule[rule.kind](rule.spec) end
  return core.worker.form { steps = steps, rules = rules, codes = core.codes(codes) }
end

local function evaluate(job, declared, what)
  local form, list = form_of(declared, what.codes), {}
  for _, bytes in ipairs(what.batches) do
    job:send("batch", bytes)
    local read, outcome = job:receive(form, assert(core.batch(bytes, core.codes(what.codes))))
    if not read then return outcome end
    table.move(read, 1, #read, #list + 1, list)
  end
  return { verdict = "finished", message = "", answers = list }
end

local function tell(job, what)
  local list = {}
  for _, bytes in ipairs(what.batches) do
    local text = core.encode { events = what.events }
    local kind, got = jobs.ask(job, "events", string.pack("<s4", text) .. bytes)
    if not kind then return got end
    if got.failed then return { verdict = "failed", message = got.failed.message } end
    table.move(got.effects, 1, #got.effects, #list + 1, list)
  end
  return { verdict = "finished", message = "", effects = list }
end

-- The question `what.what` about the pupil of each batch.
local function consult(job, what)
  local list = {}
  for _, bytes in ipairs(what.batches) do
    local question = { step = "visit", what = what.what, on = "2026-03-20", fields = {} }
    local kind, got = jobs.ask(job, "consult", string.pack("<s4", core.encode(question)) .. bytes)
    if not kind then return got end
    if got.failed then return { verdict = "failed", message = got.failed } end
    list[#list + 1] = got
  end
  return { verdict = "finished", message = "", consulted = list }
end

-- Load the plugin "hostile" from its files and ask it about batches, as the host
-- does. `what`: kind, files, granted, codes, batches, events, limits, and what a
-- start takes. -> { verdict, message, record, step, answers or effects, declared }
function worker.plugin(what)
  local job <close>, outcome = worker.start(what)
  if not job then return outcome end
  local kind, declared = worker.ask(job, "load", {
    kind = what.kind, stage = what.stage, plugins = { { name = "hostile", files = what.files, options = {} } },
    today = "2026-03-20", granted = core.array(what.granted), codes = core.array(what.codes), limits = what.limits,
  })
  if not kind then return declared end
  if declared.failed then return { verdict = "failed", message = declared.failed.message } end
  local got = { verdict = "finished", message = "" }
  if what.kind == "evaluate" then got = evaluate(job, declared, what) end
  if what.kind == "hook" then got = tell(job, what) end
  if what.kind == "consult" then got = consult(job, what) end
  if got.verdict == "finished" then
    local ended = job:finish()
    if ended.verdict ~= "finished" then return ended end
  end
  got.declared = declared
  return got
end

return worker
