-- plugin: loads a plugin with what it requires and extends, in a worker.
--
-- A load set is a list of plugins, each after those it needs; the last is the
-- one that is served. Each has { name, files = { path = text }, options }.
-- Every plugin gets an environment of its own: safe library functions, `config`,
-- `today`, `require`, and the constructors below. Rules and codes are made while
-- loading, in a fixed order, and never later.

local core = require "core"
local check = require "check"
local declared = require "api_fields"
local durations = require "durations"
local manifests = require "manifest"
local steps = require "step"
local effects = require "effects"

local plugins = {}

local function copy_of(source)
  local copy = {}
  for key, value in next, source do copy[key] = value end
  return copy
end

-- A fresh environment: the safe library, durations and dates.
function plugins.environment()
  local env = fence.environment()
  for _, unit in ipairs(declared.choices.unit) do env[unit] = durations[unit] end
  env.date = copy_of(core.date)
  return env
end

-- Call; an error without a line (that of a tail call, such as return step { … },
-- has none) gets the name of the plugin's file.
local function call_named(name, fn, ...)
  local ok, value = pcall(fn, ...)
  if ok then return value end
  if type(value) ~= "string" then error(value, 0) end
  error(check.hint(value:find "^[^%s:]+%.lua:" and value or name .. ": " .. value), 0)
end

local function run_text(name, text, env)
  local chunk, message = fence.compile(name, text, env)
  if not chunk then error(message, 0) end
  return call_named(name, chunk)
end

-- Manifests ------------------------------------------------------------------

-- Evaluate plugin.lua alone and check it; raises with what is wrong.
function plugins.manifest(name, files)
  local where = name .. "/plugin.lua"
  if not files["plugin.lua"] then error(where .. " is missing", 0) end
  local manifest = run_text(where, files["plugin.lua"], plugins.environment())
  local fault = manifests.fault(manifest, name)
  if fault then error(name .. ": " .. fault, 0) end
  return manifest
end

-- Constructors ---------------------------------------------------------------

local function add_rules(set, plugin, env)
  for _, kind in ipairs(declared.choices.kind) do
    env[kind] = function(fields)
      if set.loaded then error("make a rule when the plugin loads, not inside a step", 2) end
      local ok, rule = pcall(core.rule[kind], type(fields) == "table" and copy_of(fields) or fields)
      if not ok then error(rule, 2) end
      if set.rules[rule.name] then
        error(('there are two rules called "%s"; give each its own name'):format(rule.name), 2)
      end
      set.rules[rule.name] = rule
      set.rule_list[#set.rule_list + 1] = { plugin = plugin.name, rule = rule }
      return rule
    end
  end
end

local code_fields = { "text", "class", "meaning" }

local function add_codes(set, env)
  env.codes = function(list)
    if type(list) ~= "table" then check.arguments("codes", list) end
    if set.loaded then error("declare codes when the plugin loads", 2) end
    for i, row in ipairs(list) do
      row = type(row) == "table" and row or {}
      local code = { physical = row.physical or false, from = row.from, to = row.to, half = row.half }
      for at, name in ipairs(code_fields) do
        if type(row[at]) ~= "string" then
          error(("codes: item %d should begin with three texts: code, class, meaning"):format(i), 2)
        end
        code[name] = row[at]
      end
      set.codes[#set.codes + 1] = code
    end
  end
end

-- require -------------------------------------------------------------------

local function may_require(plugin, name)
  if name == plugin.name or plugin.manifest.extends == name then return true end
  for _, required in ipairs(plugin.manifest.requires or {}) do
    if required == name then return true end
  end
  return false
end

local function run_file(plugin, path, module)
  local loaded = plugin.modules[module]
  if loaded == false then error(("%s needs itself"):format(module), 0) end
  if loaded ~= nil then return loaded end
  plugin.modules[module] = false
  local value = run_text(plugin.name .. "/" .. path, plugin.files[path], plugin.env)
  if value == nil then value = true end
  plugin.modules[module] = value
  return value
end

-- require "england": another plugin's init.lua; require "essex.words": a file
-- of one's own (essex/words.lua).
local function requirer(set, plugin)
  return function(module)
    if type(module) ~= "string" then check.arguments("require", module) end
    local name, inner = module:match "^([a-z][a-z0-9_-]*)%.?([a-z0-9_.-]*)$"
    local target = name and set.by_name[name]
    if not target or not may_require(plugin, name) then
      error(('"%s" cannot be required; name it in requires in plugin.lua'):format(module), 2)
    end
    local path = inner == "" and "init.lua" or inner:gsub("%.", "/") .. ".lua"
    if not target.files[path] then
      error(('"%s" has no file %s'):format(name, path), 2)
    end
    return run_file(target, path, module)
  end
end

-- Steps ----------------------------------------------------------------------

local function load_step(set, plugin, name)
  if plugin.steps[name] then return plugin.steps[name] end
  local path = "steps/" .. name .. ".lua"
  if not plugin.files[path] then
    local parent = set.by_name[plugin.manifest.extends]
    if parent then return load_step(set, parent, name) end
    error(('the road map has the step "%s", and there is no %s/%s'):format(name, plugin.name, path), 0)
  end
  local step = run_text(plugin.name .. "/" .. path, plugin.files[path], plugin.env)
  if not steps.is_step(step) then
    error(("%s/%s should return step { … }"):format(plugin.name, path), 0)
  end
  plugin.steps[name] = { step = step, plugin = plugin, name = name }
  return plugin.steps[name]
end

-- The coded reasons of a road map: { { "illness", "Illness" }, … }, the plugin's
-- own or those of the one it extends.
local function reasons_of(set, plugin)
  local module = plugin.files["init.lua"] and plugin.env.require(plugin.name)
  local list = type(module) == "table" and module.reasons
  local parent = set.by_name[plugin.manifest.extends]
  if not list then return parent and reasons_of(set, parent) or {} end
  local reasons = {}
  for i, row in ipairs(list) do
    if type(row) ~= "table" or type(row[1]) ~= "string" or type(row[2]) ~= "string" then
      error(("reasons: item %d should be { code, words }"):format(i), 0)
    end
    reasons[i] = { code = row[1], words = row[2] }
  end
  return reasons
end

-- What a road map says of the lists that people work from: the plugin's own, over those
-- of the one it extends.
local function lists_of(set, plugin)
  local parent = set.by_name[plugin.manifest.extends]
  local lists = parent and lists_of(set, parent) or {}
  local module = plugin.files["init.lua"] and plugin.env.require(plugin.name)
  local own = type(module) == "table" and module.lists
  if not own then return lists end
  local fault = check.fields(own, declared.fields.lists, "lists")
  if fault then error(plugin.name .. "/init.lua: " .. fault, 0) end
  for name, value in next, own do lists[name] = value end
  return lists
end

local function road_map_of(set, plugin)
  if plugin.road_map then return plugin.road_map end
  local module = plugin.files["init.lua"] and plugin.env.require(plugin.name)
  local names = type(module) == "table" and module.road_map
  local parent = set.by_name[plugin.manifest.extends]
  if names then
    plugin.road_map = call_named(plugin.name .. "/init.lua", steps.road_map, names)
  elseif parent then
    plugin.road_map = road_map_of(set, parent)
  end
  return plugin.road_map
end

-- What a plugin that extends another sees of it: its module, a copy of its road
-- map, and its steps.
local function parent_view(set, parent)
  local view = { steps = setmetatable({}, { __index = function(_, name)
    return load_step(set, parent, name).step
  end }) }
  view.module = parent.files["init.lua"] and parent.env.require(parent.name) or nil
  view.road_map = steps.road_map(road_map_of(set, parent) or {})
  return view
end

-- Load sets ------------------------------------------------------------------

local function configured_by_others(list, name)
  local found = {}
  for _, plugin in ipairs(list) do
    local values = (plugin.manifest.configure or {})[name]
    if values then found[#found + 1] = { by = plugin.name, values = values } end
  end
  return found
end

local function check_configure(set, plugin)
  for name, values in pairs(plugin.manifest.configure or {}) do
    local fault = not set.by_name[name] and ('there is no plugin "%s"%s'):format(name,
      check.did_you_mean(tostring(name), check.names(set.by_name)))
      or type(values) ~= "table" and ('"%s" takes options as a table'):format(name)
    if fault then error(("%s/plugin.lua: configure: %s"):format(plugin.name, fault), 0) end
  end
end

-- Options under their own names only: a slip of the pen is an error, not nil.
local function strict(plugin_name, config)
  local names = check.names(config)
  return setmetatable(config, { __index = function(_, name)
    error(('"%s" has no option "%s"%s'):format(plugin_name, tostring(name),
      check.did_you_mean(tostring(name), names)), 2)
  end })
end

local function prepare(set, list)
  for _, plugin in ipairs(list) do
    set.by_name[plugin.name] = plugin
    plugin.modules, plugin.steps = {}, {}
    plugin.manifest = plugins.manifest(plugin.name, plugin.files)
    plugin.version = plugin.manifest.version
  end
  for _, plugin in ipairs(list) do check_configure(set, plugin) end
  for _, plugin in ipairs(list) do
    local env = plugins.environment()
    plugin.env = env
    local configured = configured_by_others(list, plugin.name)
    env.config = strict(plugin.name, manifests.config(plugin.manifest, configured, plugin.options))
    env.step = steps.new
    effects.add_to(set, env)
    add_rules(set, plugin, env)
    add_codes(set, env)
    env.require = requirer(set, plugin)
  end
end

local function run(set, list)
  for _, plugin in ipairs(list) do
    local parent = set.by_name[plugin.manifest.extends]
    if parent then plugin.env.parent = parent_view(set, parent) end
    if plugin.files["init.lua"] then plugin.env.require(plugin.name) end
  end
  local served = list[#list]
  set.reasons, set.lists = reasons_of(set, served), lists_of(set, served)
  for _, name in ipairs(road_map_of(set, served) or {}) do
    set.steps[#set.steps + 1] = load_step(set, served, name)
  end
end

-- Load everything; raises with what is wrong. The set: rules (by name),
-- rule_list, codes, steps (of the served plugin's road map), hooks ({ event, fn } in
-- the order registered, of all its plugins), by_name, list.
function plugins.load(list, today)
  local set = { by_name = {}, rules = {}, rule_list = {}, codes = {}, steps = {}, hooks = {}, list = list }
  prepare(set, list)
  run(set, list)
  set.loaded = true
  -- Only now: what is declared must not hang on the day it was declared.
  for _, plugin in ipairs(list) do plugin.env.today = today end
  return set
end

-- What the host is told of a load set.
function plugins.declared(set)
  local answer = { plugins = core.array {}, rules = core.array {}, codes = core.array(set.codes),
    steps = core.array {}, reasons = core.array(set.reasons), lists = set.lists,
    hooks = effects.wanted(set) }
  for i, plugin in ipairs(set.list) do
    answer.plugins[i] = manifests.declared(plugin.manifest)
    answer.plugins[i].config = plugin.env.config
  end
  for i, each in ipairs(set.rule_list) do
    local spec, kind = core.rule.describe(each.rule)
    answer.rules[i] = { plugin = each.plugin, name = each.rule.name, kind = kind, spec = spec }
  end
  for i, each in ipairs(set.steps) do
    answer.steps[i] = steps.declared(each.step, each.name, each.plugin)
  end
  return answer
end

return plugins
