-- waymark plugin: list, info, try.

local common = require "waymark.commands.common"
local core = require "waymark.core"
local files = require "waymark.files"
local jobs = require "waymark.jobs"
local plugins = require "waymark.plugins"
local problem = require "waymark.problem"
local terminal = require "waymark.terminal"
local workspace = require "waymark.workspace"
local check = core.sdk "check"
local durations = core.sdk "durations"
local manifests = core.sdk "manifest"

local command = {
  name = "plugin",
  summary = "List plugins, say what one does, or try a Lua file in the jailed worker.",
  example = "waymark plugin info essex",
}

function command.options(parser, add_common)
  parser:command_target "action"
  add_common(parser:command("list", "The plugins that can be used here."):epilog "Example:\n  waymark plugin list")
  local info = parser:command("info", "What a plugin is, reads and can be set to.")
    :epilog "Example:\n  waymark plugin info essex"
  info:argument("name", "The plugin.")
  add_common(info)
  local try = parser:command("try", "Run one plain Lua file as a plugin body in the jailed worker.")
    :epilog "Example:\n  waymark plugin try idea.lua --reads registers --format json"
  try:argument("file", "The Lua file.")
  try:option("--reads", "Fields of pupils it may see, such as registers,pupil.name."):argname "FIELDS"
  try:option("--as-of", "The day that the registers are seen on."):argname "DATE"
  try:option("--format", "table (to read) or json."):choices { "table", "json" }:default "table"
  add_common(try)
end

-- A workspace, when the folder holds one; plugins can be listed without.
local function optional_space(arguments)
  if not files.exists(arguments.folder .. "/waymark.lua") then return nil end
  return workspace.open(arguments.folder, "read", arguments.now)
end

local function context_of(arguments)
  local space = optional_space(arguments)
  if space then return space.context, space end
  return { folder = arguments.folder, known = {} }
end

-- list ---------------------------------------------------------------------------

local function is_used(space, name)
  for _, use in ipairs(space and space.settings.all_uses or {}) do
    if use.name == name then return "yes" end
  end
  return ""
end

local function list(arguments)
  local context, space = context_of(arguments)
  local rows = {}
  for i, plugin in ipairs(plugins.available(arguments.folder)) do
    local set_ok, set = pcall(plugins.load_set, plugin.name, context)
    local manifest = set_ok and plugins.manifest(set.by_name[plugin.name])
    local from = plugin.own and "this workspace" or "ships with Waymark"
    local title = manifest and (manifest.title or "") or problem.is(set) and set.message or "cannot be read"
    rows[i] = { plugin.name, manifest and manifest.version or "?", from, is_used(space, plugin.name), title }
  end
  terminal.table({ { title = "plugin" }, { title = "version" }, { title = "from" }, { title = "used" },
    { title = "what it is", most = 100 } }, rows)
end

-- info ---------------------------------------------------------------------------

local reads_words = {
  registers = "the registers", ["pupil.upn"] = "UPN", ["pupil.name"] = "names", ["pupil.groups"] = "year and form",
  ["pupil.dob"] = "date of birth", ["pupil.sex"] = "sex", sensitive = "special needs and free meals",
  contacts = "contacts", cases = "what was recorded for pupils",
}

local function value_words(value)
  if type(value) == "table" and value.unit then return durations.words(value) end
  if type(value) == "table" then return table.concat(value, ", ") end
  return tostring(value)
end

local function range_words(option)
  if option.choices then return "one of " .. table.concat(option.choices, ", ") end
  if option.least or option.most then return ("%s to %s"):format(option.least or "", option.most or "") end
  return ""
end

local function print_options(manifest, declared)
  local names = check.names(manifest.options or {})
  if #names == 0 then return end
  local config, rows = {}, {}
  for _, each in ipairs(declared.plugins) do
    if each.name == manifest.name then config = each.config end
  end
  for i, name in ipairs(names) do
    local option = manifest.options[name]
    rows[i] = { name, value_words(config[name]), value_words(option.default), range_words(option), option.help }
  end
  print(terminal.paint("bold", "\nOptions"))
  terminal.table({ { title = "option" }, { title = "now" }, { title = "default" }, { title = "range" },
    { title = "what it does", most = 100 } }, rows)
end

local function print_steps(declared)
  if #declared.steps == 0 then return end
  local rows = {}
  for i, step in ipairs(declared.steps) do
    rows[i] = { step.name, step.title, step.principle, step.plugin, step.suggests and "yes" or "" }
  end
  print(terminal.paint("bold", "\nRoad map"))
  terminal.table({ { title = "step" }, { title = "title" }, { title = "principle" }, { title = "from plugin" },
    { title = "suggests" } }, rows)
end

local function print_rules(manifest, declared)
  local rows = {}
  for _, rule in ipairs(declared.rules) do
    if rule.plugin == manifest.name then
      rows[#rows + 1] = { rule.name, rule.kind, rule.spec.at_least and tostring(rule.spec.at_least) or "",
        rule.spec.weeks and rule.spec.weeks .. " school weeks" or "" }
    end
  end
  if #rows == 0 then return end
  print(terminal.paint("bold", "\nRules"))
  terminal.table({ { title = "rule" }, { title = "kind" }, { title = "at least" }, { title = "over" } }, rows)
end

local function options_in_use(space)
  local options = {}
  for _, use in ipairs(space and space.settings.all_uses or {}) do options[use.name] = use.options end
  return options
end

local function info(arguments)
  local context, space = context_of(arguments)
  local set = plugins.load_set(arguments.name, context)
  local plugin = set.by_name[arguments.name]
  local manifest = plugins.manifest(plugin)
  local declared = plugins.declare(set, options_in_use(space), context)
  local reads = {}
  for i, name in ipairs(manifest.reads or {}) do reads[i] = reads_words[name] or name end
  print(terminal.paint("bold", ("%s %s"):format(manifest.name, manifest.version)) .. "  " .. (manifest.title or ""))
  print(("Reads: %s."):format(#reads > 0 and table.concat(reads, ", ") or "nothing of pupils"))
  print(("Sends: %s."):format(#(manifest.sends or {}) > 0 and table.concat(manifest.sends, ", ") or "nothing"))
  if manifest.requires and #manifest.requires > 0 then print("Needs: " .. table.concat(manifest.requires, ", ")) end
  if manifest.extends then print("Extends: " .. manifest.extends) end
  print(terminal.paint("dim", ("%s, digest %s"):format(plugin.folder, plugin.digest:sub(1, 16))))
  print_options(manifest, declared)
  print_rules(manifest, declared)
  print_steps(declared)
end

-- try ----------------------------------------------------------------------------

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
    if not kind or kind == "refused" then return nil, answer end
  end
  return true
end

-- The request, the pupils if they are asked for, then the file's own bytes.
-- -> kind, payload | nil, outcome
local function ask_to_try(job, arguments, source)
  local request, filter = load_request(arguments), nil
  local space = (arguments.workspace or arguments.reads) and workspace.open(arguments.folder, "read", arguments.now)
  if space then
    filter = space:filter { as_of = common.check_date(arguments.as_of, "--as-of") }
    filter.fields = split_fields(arguments.reads)
    request.data, request.today, request.granted = true, filter.as_of, filter.fields
    request.codes = core.array(space.store:codes())
  end
  local kind, answer = job:request("load", problem.check(core.encode(request)))
  if kind ~= "result" then return kind, answer end
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

local function try_file(arguments)
  local source = problem.check(files.read(arguments.file))
  if #source > most_source then return outcome_result { verdict = "refused", message = "it is over 1 MB" } end
  local job, outcome = jobs.start(jobs.try_limits)
  if not job then return outcome_result(outcome) end
  local kind, answer = ask_to_try(job, arguments, source)
  if not kind then return outcome_result(answer) end
  job:finish()
  return problem.check(core.decode(answer))
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
  local fields = { "verdict", "message", "output", "peak_bytes", "instructions", "seconds" }
  local parts = {}
  result.output = core.array(result.output or {})
  for i, name in ipairs(fields) do
    parts[i] = ('"%s":%s'):format(name, assert(core.encode(result[name] or "")))
  end
  parts[#parts + 1] = '"result":' .. (result.result == nil and "null" or assert(core.encode(result.result)))
  return "{" .. table.concat(parts, ",") .. "}"
end

local function try(arguments)
  local result = try_file(arguments)
  if arguments.format == "json" then print(encoded(result)) else print_try(result) end
  return result.verdict == "finished" and 0 or 3
end

local actions = { list = list, info = info, try = try }

function command.run(arguments) return actions[arguments.action](arguments) end

return command
