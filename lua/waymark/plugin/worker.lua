-- plugin/worker: asking a worker process, and reading what it answers as one would read
-- something from the network: against a closed form, with nothing believed.
--
-- An outcome is { verdict, message, record, step, … } of core/host/lua_worker.h. A worker
-- whose answer is not in its form is killed.

local core = require "waymark.core"
local paths = require "waymark.base.paths"
local problem = require "waymark.base.problem"

local check = core.sdk "check"
local most = core.sdk "limits"

local jobs = {}

local MB = 1024 * 1024
local most_request = 4 * MB -- of core/worker/frame.h

-- The wall's clock is a last resort: a worker that comes to it was given no processor. What a plugin may
-- take is processor time, which is the same however busy the machine is.
local wall = 60

-- Declaring: a plugin of ordinary size loads in a few milliseconds.
jobs.declare_limits = { memory = 64 * MB, cpu = 2, wall = wall,
  instructions_call = 50000000, instructions_job = 100000000 }
-- Evaluating: so long for a batch, for a call an amount no honest step needs.
jobs.evaluate_limits = { memory = most.memory * MB, cpu = 3600, request = most.seconds, wall = wall,
  instructions_call = most.instructions, instructions_job = 1 << 52 }
-- Consulting: one step for one pupil.
jobs.consult_limits = { memory = most.memory * MB, cpu = 2, wall = wall,
  instructions_call = most.instructions, instructions_job = 1 << 52 }
-- Trying: one call, after what the set-up takes.
jobs.try_limits = { memory = 64 * MB, cpu = 2, wall = wall,
  instructions_call = 100000000, instructions_job = 1 << 52 }

local function begin(limits)
  return core.worker.start { worker = problem.check(paths.worker()), memory = limits.memory, cpu = limits.cpu,
    request = limits.request, wall = limits.wall, ahead = true }
end

local spare -- { limits, job, outcome }: begun before it was known what for

-- Begin a worker that the next `start` with these very limits takes: it goes to its jail while the host does what
-- comes before. One that nobody takes is ended with the program.
function jobs.begin_ahead(limits)
  if paths.worker() then spare = { limits, begin(limits) } end -- else it is said when one is needed
end

-- Start a worker. -> job | nil, outcome; of this machine (`machine`), for no plugin has been asked yet
function jobs.start(limits)
  local begun = spare
  if begun and begun[1] == limits then spare = nil else begun = { limits, begin(limits) } end
  local job, outcome = begun[2], begun[3]
  local is_ready
  if job then is_ready, outcome = job:ready() end
  if is_ready then return job end
  outcome.machine = true
  return nil, outcome
end

-- What was answered, if it is in its form. -> kind, answer | nil, outcome
local function checked(job, answered, answer)
  local forms = require "waymark.plugin.forms" -- here: most commands ask no worker
  if not answered or forms.fits(answered, answer) then return answered, answer end
  return nil, job:refuse(("not what a %s message has"):format(answered))
end

-- One request. -> kind, answer | nil, outcome
function jobs.ask(job, kind, payload) return checked(job, job:request(kind, payload)) end

-- The same of a request that has one kind of answer; any other is refused. -> answer | nil, outcome
local function wanted_answer(job, wanted, answered, answer)
  answered, answer = checked(job, answered, answer)
  if answered == wanted then return answer end
  return nil, answered and job:refuse(("a %s message out of turn"):format(answered)) or answer
end

-- A LOAD: the request as JSON, with the place of each file in the bytes that follow. Plugins read
-- their Lua alone; templates are for the host.
function jobs.load_bytes(request)
  local sent, texts, at = {}, {}, 0
  for name, value in next, request do sent[name] = value end
  sent.plugins = {}
  for i, plugin in ipairs(request.plugins) do
    local places = {}
    for _, path in ipairs(check.names(plugin.files)) do
      if path:find "%.lua$" then
        texts[#texts + 1] = plugin.files[path]
        places[path] = core.array { at + 1, at + #plugin.files[path] }
        at = at + #plugin.files[path]
      end
    end
    sent.plugins[i] = { name = plugin.name, files = places, options = plugin.options }
  end
  return problem.check(core.encode(sent)) .. table.concat(texts)
end

local function load_bytes(request, limits)
  request.limits = { memory = limits.memory, instructions_call = limits.instructions_call,
    instructions_job = limits.instructions_job, seed = 1, count = request.profile and "exact" or nil }
  local text = jobs.load_bytes(request)
  if #text > most_request then
    return nil, { verdict = "refused", message = "with all that it needs it is over 4 MB" }
  end
  return text
end

function jobs.answer(job, kind, payload, wanted) return wanted_answer(job, wanted, job:request(kind, payload)) end

-- The outcome of a load set that an error stopped, with where and what as fields.
local function failed_outcome(failed)
  local outcome = { verdict = "failed" }
  for name, value in next, failed do outcome[name] = type(value) == "string" and core.escape(value) or value end
  return outcome
end

-- What is answered to a LOAD. -> as load
local function loaded(job, request)
  local answered, answer = job:receive()
  if request.known and answered == "declared" and next(answer) == nil then return answer end
  local outcome
  answer, outcome = wanted_answer(job, "declared", answered, answer)
  if answer and answer.failed then return nil, failed_outcome(answer.failed) end
  return answer, outcome
end

-- -> true | nil, outcome
local function send_load(job, request, limits)
  local text, outcome = load_bytes(request, limits)
  if not text then return nil, outcome end
  return job:send("load", text)
end

-- Load a set of plugins. -> what they declare | nil, outcome; of an error that a plugin or a
-- declaration raised, the outcome also has { file, line, what, todo, name } of lua/sdk/check
function jobs.load(job, request, limits)
  local sent, outcome = send_load(job, request, limits)
  if not sent then return nil, outcome end
  return loaded(job, request)
end

-- The request that loads a set (waymark.plugin), without its kind. `audit`: some of it did not come with
-- Waymark, so that what it says is asked for twice (lua/sdk/job).
function jobs.request(set, options, today)
  local request = { plugins = {}, today = today, entry_steps = set.entry_steps and set.entry_steps() }
  for i, plugin in ipairs(set.list) do
    request.plugins[i] = { name = plugin.name, files = plugin.files, options = options[plugin.name] or {} }
    request.audit = request.audit or plugin.own
  end
  return request
end

local limits_of = { evaluate = jobs.evaluate_limits, hook = jobs.evaluate_limits, consult = jobs.consult_limits }

local opened -- { kind, set, today, job, loaded }: of open_ahead

-- A worker with a load set, for work of a kind: "evaluate", "hook" or "consult".
--   what  { set, options (of each plugin), today, granted (names), codes (of the store),
--           swept = names of the rules of which batches say whether they are met | nil,
--           explain = step | nil, without = names of steps that are not asked | nil, profile = true | nil,
--           ahead = true: it is not waited for until all is loaded | nil }
-- -> job | nil, outcome; with `ahead`, and as the third, a function to be called before anything is asked: true | nil,
-- outcome
function jobs.open(kind, what)
  local before = opened
  if before and before.kind == kind and before.set == what.set and before.today == what.today then
    opened = nil
    local is_loaded, no_set = before.loaded()
    if is_loaded then return before.job end
    before.job:finish()
    return nil, no_set
  end
  local job, outcome = jobs.start(limits_of[kind])
  if not job then return nil, outcome end
  local request = jobs.request(what.set, what.options, what.today)
  request.kind, request.granted, request.codes = kind, core.array(what.granted), core.array(what.codes)
  request.explain, request.profile, request.without = what.explain, what.profile, what.without
  request.swept = what.swept
  request.known = true -- what the set declares was asked, and checked, before
  local is_sent, is_loaded
  is_sent, outcome = send_load(job, request, limits_of[kind])
  if is_sent and what.ahead then return job, nil, function() return loaded(job, request) end end
  if is_sent then is_loaded, outcome = loaded(job, request) end
  if is_loaded then return job end
  job:finish()
  return nil, outcome
end

-- Let a worker load a set while the host does what comes before: the next `open` of this kind, set and day takes it.
-- There is one at a time; one that nobody takes is ended with the program.
function jobs.open_ahead(kind, what)
  if opened then return end
  what.ahead = true
  local job, _, loaded_then = jobs.open(kind, what)
  if job then opened = { kind = kind, set = what.set, today = what.today, job = job, loaded = loaded_then } end
end

-- One question with the batch of one pupil. -> answer | nil, outcome
function jobs.consult(job, question, bytes)
  return jobs.answer(job, "consult", string.pack("<s4", problem.check(core.encode(question))) .. bytes, "consulted")
end

return jobs
