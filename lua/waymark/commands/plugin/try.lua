-- waymark plugin try: runs one Lua file as a plugin's body in the jailed worker.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local files = require "waymark.base.files"
local jobs = require "waymark.plugin.worker"
local plugin_words = require "waymark.plugin.words"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"
local workspace = require "waymark.workspace"
local check = core.sdk "check"
local manifests = core.sdk "manifest"

local try = {
  summary = "Run one plain Lua file as a plugin body in the jailed worker.",
  example = "waymark plugin try idea.lua --reads registers --format json",
}

function try.options(parser)
  parser:argument("file", "The Lua file.")
  parser:option("--reads", "Fields of pupils it may see, such as registers,pupil.name."):argname "FIELDS"
  parser:option("--as-of", "The day that the registers are seen on."):argname "DATE"
  parser:option("--format", "table (to read) or json."):choices { "table", "json" }:default "table"
end

local function split_fields(text)
  local granted = core.array {}
  for name in (text or ""):gmatch "[^,%s]+" do
    local known = false
    for _, grant in ipairs(manifests.grants) do known = known or grant == name end
    if not known then
      problem.raise('--reads: there is no field "%s"%s', name, check.did_you_mean(name, manifests.grants))
    end
    granted[#granted + 1] = name
  end
  return granted
end

local most_source = 4 << 20 -- what one request can carry; the worker takes 1 MB

local function load_request(arguments)
  local limits = jobs.try_limits
  return { kind = "try", name = (arguments.file:gsub("^.*/", "")), limits = { memory = limits.memory,
    instructions_call = limits.instructions_call, instructions_job = limits.instructions_job, seed = 1 } }
end

local function send_pupils(job, space, filter)
  for bytes in problem.check(space.store:batches(filter)) do
    local kind, answer = job:request("batch", bytes)
    if not kind then return nil, answer end
  end
  return true
end

-- The request, the pupils if they are asked for, then the file's own bytes.
-- -> kind, answer | nil, outcome
local function ask_to_try(job, arguments, source)
  local request, filter = load_request(arguments), nil
  local space = (arguments.workspace or arguments.reads) and workspace.open(arguments.folder, "read", arguments.now)
  if space then
    terminal.warn_once(space.warning)
    filter = space:filter { as_of = common.check_date(arguments.as_of, "--as-of") }
    filter.fields = split_fields(arguments.reads)
    request.data, request.today, request.granted = true, filter.as_of, filter.fields
    request.codes = core.array(space.store:codes())
    local has_case = (arguments.reads or ""):find("cases", 1, true)
    request.entry_steps = has_case and space:load_plugins(true).entry_steps() or nil -- for `principle` and `support`
  end
  local kind, answer = job:request("load", problem.check(core.encode(request)))
  if kind ~= "result" then return nil, kind and job:refuse(("a %s message out of turn"):format(kind)) or answer end
  if space then
    local sent
    sent, answer = send_pupils(job, space, filter)
    if not sent then return nil, answer end
  end
  return job:request("try", source)
end

local function outcome_result(outcome)
  return { verdict = outcome.verdict, message = outcome.message, output = core.array {},
    peak_bytes = outcome.peak_bytes or 0, instructions = outcome.instructions or 0, seconds = outcome.seconds or 0 }
end

-- What a file lacks that is tried alone: it has no plugin.lua to write it in.
local function advised(result)
  local message = result.message or ""
  local grant = message:match '; add "([%w._]+)" to reads in plugin%.lua$'
  if grant then
    result.message = message:gsub('; add "[^"]*" to reads in plugin%.lua$', "; give it with: --reads " .. grant)
  end
  local name = message:match "attempt to call a nil value %(global '([%w_]+)'%)"
  if name == "pupils" or plugin_words.rules[name] then
    result.message = message .. "; pupils and rules are there with: --reads registers"
  end
  return result
end

local function try_file(arguments)
  local source = problem.check(files.read(arguments.file))
  if #source > most_source then return outcome_result { verdict = "refused", message = "it is over 1 MB" } end
  local job, outcome = jobs.start(jobs.try_limits)
  if not job then return outcome_result(outcome) end
  local kind, answer = ask_to_try(job, arguments, source)
  if not kind then return outcome_result(answer) end
  job:finish()
  return answer
end

local function print_try(result)
  for _, line in ipairs(result.output or {}) do print(line) end
  if result.result ~= nil then print("result: " .. core.escape(core.encode(result.result) or "?")) end
  print(terminal.paint(result.verdict == "finished" and "green" or "red", result.verdict)
    .. (result.message and result.message ~= "" and ": " .. result.message or ""))
  print(terminal.paint("dim", ("%.3f s, %d instructions, %d KB at most"):format(result.seconds or 0,
    result.instructions or 0, (result.peak_bytes or 0) // 1024)))
end

local function encoded(result)
  local fields, cells = { "verdict", "message", "output", "peak_bytes", "instructions", "seconds", "result" }, {}
  result.output = core.array(result.output or {})
  for i, name in ipairs(fields) do
    cells[i] = result[name]
    if cells[i] == nil and name ~= "result" then cells[i] = "" end
  end
  return terminal.json_row(fields, cells)
end

function try.run(arguments)
  local result = advised(try_file(arguments))
  if arguments.format == "json" then print(encoded(result)) else print_try(result) end
  return result.verdict == "finished" and 0 or 3
end

return try
