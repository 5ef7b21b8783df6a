-- plugin: finding plugins, their load sets, and what they declare. Plugin code
-- never runs here: a worker reads it and answers with data.
--
-- A plugin is a folder: in the workspace's plugins/, or among those that ship
-- with Waymark; the workspace's wins. Its digest covers every file's name and
-- bytes; the very bytes that were hashed are sent to the worker. The digest of a load set
-- covers the names and digests of its plugins in order.

local core = require "waymark.core"
local files = require "waymark.base.files"
local jobs = require "waymark.plugin.worker"
local paths = require "waymark.base.paths"
local problem = require "waymark.base.problem"
local version = require "waymark.version"
local check = core.sdk "check"
local limits = core.sdk "limits"

local plugins = {}

local most_bytes, most_all = 1 << 20, 3 << 20

-- Finding -----------------------------------------------------------------------

-- Every folder that may hold plugins, the workspace's first.
function plugins.folders(workspace_folder)
  local list = {}
  if workspace_folder then list[1] = { path = workspace_folder .. "/plugins", own = true } end
  list[#list + 1] = { path = problem.check(paths.plugins()), own = false }
  return list
end

-- { name, folder, own } of every plugin that can be used, sorted by name.
function plugins.available(workspace_folder)
  local found, seen = {}, {}
  for _, folder in ipairs(plugins.folders(workspace_folder)) do
    for _, name in ipairs(files.names(folder.path)) do
      local path = folder.path .. "/" .. name
      if not seen[name] and files.exists(path .. "/plugin.lua") then
        seen[name] = true
        found[#found + 1] = { name = name, folder = path, own = folder.own }
      end
    end
  end
  table.sort(found, function(a, b) return a.name < b.name end)
  return found
end

local function find(name, workspace_folder)
  for _, folder in ipairs(plugins.folders(workspace_folder)) do
    local path = folder.path .. "/" .. name
    local is_there = not name:find("/", 1, true) and files.exists(path .. "/plugin.lua")
    if is_there and files.kind(path) == "link" then
      error(problem.at(core.escape(path), nil, "this is a link to a folder; copy the folder there"), 0)
    end
    if is_there then return { name = name, folder = path, own = folder.own } end
  end
  local names = {}
  for i, plugin in ipairs(plugins.available(workspace_folder)) do names[i] = plugin.name end
  problem.raise('there is no plugin "%s"%s; look at: waymark plugin list', name,
    check.did_you_mean(name, names))
end

-- Reading -----------------------------------------------------------------------

local function read_file(path, name, kind, plugin)
  local function refuse(...) error(problem.at(core.escape(path), nil, ...), 0) end
  if kind ~= "file" then refuse("this is a %s; a plugin holds plain files only", kind or "ghost") end
  if not name:match "[^/]+$":find "^[%w_][%w_.-]*$" then
    refuse "a plugin's files are named with letters, digits, _, . and -; rename it"
  end
  if files.size(path) > most_bytes then refuse "this is over 1 MB; a plugin's file may not be" end
  local text = problem.check(files.read(path))
  if not utf8.len(text) or text:find("\0", 1, true) then refuse "this is not UTF-8 text; save it as UTF-8" end
  plugin.files[name], plugin.bytes = text, plugin.bytes + #text
  plugin.names[#plugin.names + 1] = name
  if #plugin.names > limits.files or plugin.bytes > most_all then
    problem.raise("%s has more than %d files or 3 MB; a plugin may not", plugin.folder, limits.files)
  end
end

-- A drive that knows no case keeps one of two names that differ in nothing else.
local function read_folder(plugin, path, prefix, depth)
  local seen = {}
  for _, name in ipairs(files.names(path)) do
    local inner, other = path .. "/" .. name, seen[name:lower()]
    if other then
      error(problem.at(core.escape(inner), nil, "this and %s differ in capital letters alone, and some computers keep "
        .. "only one of them; rename one", core.escape(other)), 0)
    end
    seen[name:lower()] = name
    local kind = files.kind(inner)
    if kind == "link" and files.is_folder(inner) and name ~= "spec" then
      error(problem.at(core.escape(inner), nil, "this is a link to a folder; copy the folder there"), 0)
    elseif kind == "directory" then
      if depth < 4 and name ~= "spec" then read_folder(plugin, inner, prefix .. name .. "/", depth + 1) end
    elseif name:find "%.lua$" or prefix == "templates/" and (name:find "%.txt$" or name:find "%.html$") then
      read_file(inner, prefix .. name, kind, plugin)
    end
  end
end

local function digest_of(plugin)
  local parts = {}
  table.sort(plugin.names)
  for _, name in ipairs(plugin.names) do
    parts[#parts + 1] = ("%s %s\n"):format(core.system.sha256(plugin.files[name]), name)
  end
  return core.system.sha256(table.concat(parts))
end

local function read(name, workspace_folder)
  local found = find(name, workspace_folder)
  local plugin = { name = name, folder = found.folder, own = found.own, files = {}, names = {}, bytes = 0 }
  read_folder(plugin, found.folder, "", 1)
  plugin.digest = digest_of(plugin)
  return plugin
end

-- Asking a worker -----------------------------------------------------------------

-- Texts that came from a worker, made safe to be shown wherever they end up.
function plugins.safe(value)
  if type(value) == "string" then return core.escape(value) end
  if type(value) ~= "table" then return value end
  for key, each in next, value do value[key] = plugins.safe(each) end
  return value
end

local function ask_worker(request, what)
  local job, outcome = jobs.start(jobs.declare_limits)
  local answer
  if job then
    answer, outcome = jobs.load(job, request, jobs.declare_limits)
    job:finish()
  end
  if not answer then
    problem.raise_plugin { plugin = what, verdict = outcome.verdict, reason = outcome.message, outcome = outcome,
      what = ("the plugin %s cannot be used (%s): %s"):format(what, outcome.verdict, outcome.message) }
  end
  return plugins.safe(answer)
end

-- What `decode` makes of the text that the cache of the workspace has, or else of one that is made
-- now. The cache may be nil or read-only; then it is only asked.
local function remembered(cache, key, decode, make)
  local text = cache and cache:declaration(key)
  local value = text and decode(text)
  if value then return value end
  text = make()
  if cache and cache.may_write then cache:put_declaration(key, text) end
  return problem.check(decode(text))
end

-- By what was declared: the plugins' bytes, and those of what reads them in a worker. Between two
-- versions of the program that changes too.
local engine
local function engine_key(kind, text)
  engine = engine or ("%s %d %s"):format(version.program, version.api, core.system.sha256(core.sdk_code()))
  return ("%s %s"):format(kind, core.system.sha256(engine .. "\n" .. text))
end

-- What plugin.lua says (see lua/sdk/manifest.lua).
function plugins.manifest(plugin, cache)
  if not plugin.manifest then
    plugin.manifest = remembered(cache, engine_key("manifest", plugin.name .. plugin.digest), core.decode, function()
      local request = jobs.request({ list = { plugin } }, {})
      request.kind, request.stage = "declare", "manifest"
      return problem.check(core.encode(ask_worker(request, plugin.name)))
    end)
  end
  return plugin.manifest
end

-- What keeps files of a plugin from being read at all, loaded or not: { { file, line, what, todo }, … }.
function plugins.faults(plugin)
  local request = jobs.request({ list = { plugin } }, {})
  request.kind, request.stage = "declare", "faults"
  return ask_worker(request, plugin.name).faults
end

-- Load sets -----------------------------------------------------------------------

local function add_with_needs(set, name, context, trail)
  if set.by_name[name] then return end
  if trail[name] then problem.raise('the plugin "%s" needs itself', name) end
  trail[name] = true
  local plugin = context.known[name] or read(name, context.folder)
  context.known[name] = plugin
  local manifest = plugins.manifest(plugin, context.cache)
  for _, needed in ipairs(manifest.requires or {}) do add_with_needs(set, needed, context, trail) end
  if manifest.extends then
    add_with_needs(set, manifest.extends, context, trail)
    if manifest.consults_as_parent then manifest.consults = set.by_name[manifest.extends].manifest.consults end
  end
  set.by_name[name] = plugin
  set.list[#set.list + 1] = plugin
end

-- A plugin with what it needs, each after what it needs; it is the last.
function plugins.load_set(name, context)
  local set = { list = {}, by_name = {}, served = name }
  add_with_needs(set, name, context, {})
  return set
end

-- What an event keeps, to prove all that was in force.
function plugins.set_digest(set)
  if not set.digest then
    local parts = {}
    for i, plugin in ipairs(set.list) do parts[i] = ("%s %s\n"):format(plugin.name, plugin.digest) end
    set.digest = core.system.sha256(table.concat(parts))
  end
  return set.digest
end

-- A plugin of a set after those that it extends, the first of them first.
function plugins.chain(set, name)
  local chain, plugin = {}, set.by_name[name]
  while plugin do
    table.insert(chain, 1, plugin)
    plugin = set.by_name[plugin.manifest.extends]
  end
  return chain
end

local source_most = 100 -- bytes of a line that is shown

-- The line of source that a message begins with ("essex/steps/x.lua:3: …"), or where a limit was
-- passed (it ends so), of the plugins that a command has read. -> { number, text } | nil
function plugins.source_line(known, message)
  message = message or ""
  local name, path, number = message:match "^([%w_-]+)/([%w_/%.-]+%.lua):(%d+)"
  if not name and not message:find "^[%w_-]+/[%w_/%.-]+%.lua:" then
    name, path, number = message:match " at ([%w_-]+)/([%w_/%.-]+%.lua):(%d+)$"
  end
  local text = name and known[name] and known[name].files[path]
  if not text then return nil end
  local at, wanted = 0, math.tointeger(number)
  for line in (text .. "\n"):gmatch "(.-)\n" do
    at = at + 1
    if at == wanted then
      local whole = line:match "^%s*(.-)%s*$"
      local shown = whole:sub(1, (utf8.offset(whole, 0, math.min(#whole, source_most) + 1) or 1) - 1)
      return { number = wanted, text = core.escape(shown) .. (#shown < #whole and "…" or "") }
    end
  end
end

-- What is granted of pupils: not what only a profile is given, of a file.
local function of_pupils(list)
  local granted = {}
  for _, name in ipairs(list or {}) do
    if name ~= "file.rows" then granted[#granted + 1] = name end
  end
  return granted
end

-- The grants of the outermost plugin are those of the whole set.
function plugins.granted(set) return of_pupils(plugins.manifest(set.by_name[set.served]).reads) end

-- The same, when one pupil is looked at: with `consults`.
function plugins.consulted(set)
  local manifest, granted, seen = plugins.manifest(set.by_name[set.served]), {}, {}
  for _, list in ipairs { of_pupils(manifest.reads), of_pupils(manifest.consults) } do
    for _, name in ipairs(list) do
      if not seen[name] then granted[#granted + 1], seen[name] = name, true end
    end
  end
  return granted
end

-- The rules of every step's `when`, each once: as many as a batch says of each pupil.
local most_swept = 62

local function swept_by(declared)
  local swept, seen = {}, {}
  for _, step in ipairs(declared.steps) do
    for _, name in ipairs(step.when and step.when.rules or {}) do
      if not seen[name] and #swept < most_swept then swept[#swept + 1] = declared.rules_by_name[name] end
      seen[name] = true
    end
  end
  return swept
end

-- What is added to the rules and steps that a set declares.
local index = {
  rules = function(declared)
    declared.rules_by_name = {}
    for i, rule in ipairs(declared.rules) do
      declared.rules_by_name[rule.name] = rule
      rule.value = core.rule[rule.kind](rule.spec)
      rule.place = i
    end
  end,
  steps = function(declared)
    declared.steps_by_name = {}
    for i, step in ipairs(declared.steps) do
      declared.steps_by_name[step.name] = step
      step.place = i
      step.refused, step.tells = step.refused or {}, step.tells or {}
      step.goes_on, step.adds = step.goes_on or {}, step.adds or {}
      step.wrong_number = step.wrong_number or {}
    end
    declared.swept = swept_by(declared)
  end,
}
local part_of = { rules_by_name = "rules", steps_by_name = "steps", swept = "steps" }

-- What a set declares, of a text with a part in each line: its name and its JSON, the steps last.
-- Most commands look at a few of the parts; each is read when it is first looked at. nil when the
-- text is not whole.
local function parts_of(text)
  local texts = {}
  for name, json in text:gmatch "([%w_]+) ([^\n]*)\n" do texts[name] = json end
  if not texts.steps then return nil end
  local declared = { has_road_map = texts.steps ~= "[]" }
  return setmetatable(declared, { __index = function(_, asked)
    local name = part_of[asked] or asked
    if not texts[name] then return nil end
    declared[name], texts[name] = problem.check(core.decode(texts[name])), nil
    if index[name] then index[name](declared) end
    return rawget(declared, asked)
  end })
end

-- A digest of a load set, its options and what reads it in a worker: one answer to one question.
function plugins.set_key(set, options)
  local parts = {}
  for _, plugin in ipairs(set.list) do
    parts[#parts + 1] = ("%s %s %s"):format(plugin.name, plugin.digest,
      problem.check(core.encode(options[plugin.name] or {})))
  end
  return engine_key("declared", table.concat(parts, "\n"))
end

-- What a step's file says that could only be a slip: its suggest never returns anything. Reading
-- it tells; a worker cannot tell it from a step that has nothing to suggest.
local function add_slips(set, declared)
  local source = require "waymark.plugin.source" -- here: what is declared is mostly known
  for _, step in ipairs(declared.steps) do
    local path = ("steps/%s.lua"):format(step.name)
    local text = step.suggests and set.by_name[step.plugin].files[path]
    local line = text and source.silent(text)
    step.slip = line and ("%s/%s:%d: %s; %s"):format(step.plugin, path, line, source.silent_words, source.silent_todo)
  end
  return declared
end

-- What a load set declares: { plugins, rules, codes, steps, rules_by_name, steps_by_name, …,
-- swept = the rules of every step's `when`, has_road_map = whether it has steps }; each rule with its
-- `value`, a step with its `slip`, if it has one.
function plugins.declare(set, options, context)
  return remembered(context.cache, plugins.set_key(set, options), parts_of, function()
    local request = jobs.request(set, options, "2000-01-01")
    request.kind = "declare"
    local answer, lines = add_slips(set, ask_worker(request, set.served)), {}
    for _, name in ipairs { "law", "referral_form" } do answer[name] = answer[name] or core.array {} end
    for i, name in ipairs(check.names(answer)) do
      lines[i] = ("%s %s\n"):format(name, problem.check(core.encode(answer[name])))
    end
    return table.concat(lines)
  end)
end

return plugins
