-- plugin: loads a plugin with what it requires and extends, in a worker.
--
-- A load set is a list of plugins, each after those it needs; the last is the
-- one that is served. Each has { name, files = { path = text }, options }.
-- Every plugin gets an environment of its own: safe library functions, `config`,
-- `today`, `require`, and the constructors below. Rules and codes are made while
-- loading, in a fixed order, and never later.

local core = require "core"
local check = require "check"
local declared = require "made.fields"
local durations = require "durations"
local limits = require "limits"
local manifests = require "manifest"
local profiles = require "profile"
local roles = require "roles"
local steps = require "step"
local effects = require "effects"

local plugins = {}

local most_line = 300 -- bytes of a title, of words, of what a code means

local function copy_of(source)
  local copy = {}
  for key, value in next, source do copy[key] = value end
  return copy
end

-- A fresh environment: the safe library, durations, dates, and how names are compared.
function plugins.environment()
  local env = fence.environment()
  for _, unit in ipairs(declared.choices.unit) do env[unit] = durations[unit] end
  env.sooner_of = durations.sooner_of
  env.date = copy_of(core.date)
  env.fold = core.fold
  return env
end

-- A sentence about a file, with the line on which the file gives something to what the sentence
-- names first: principle = "listen".
local function placed(file, text, sentence)
  local name, at = sentence:match '"([%a_][%w_]*)"', 0
  for line in (name and text .. "\n" or ""):gmatch "(.-)\n" do
    at = at + 1
    if line:find("%f[%w_]" .. name .. "%s*=[^=]") then return ("%s:%d: %s"):format(file, at, sentence) end
  end
  return ("%s: %s"):format(file, sentence)
end

local last_placed -- the text of the last error that says truly where it is

local function raise_placed(message)
  last_placed = message
  error(message, 0)
end

-- The text of the error that was just caught, with its place and what to do. An author's text may
-- begin with the name of any file, so the place is the one that the fence saw, but for an error that
-- has its place already and is handed on. One that was raised on no line of a plugin's (by a tail
-- call, such as return step { … }) is `otherwise(message)`.
function plugins.placed(message, otherwise)
  if message == last_placed then return message end
  local place, is_said = fence.place()
  local tail = place and message:match "^%.%.%.([^:%s]+:%d+): " -- as Lua writes the name of a file that is long
  if tail and place:sub(-#tail) == tail then message = message:sub(#tail + 6) end
  if not is_said then message = place and place .. ": " .. message or otherwise(message) end
  last_placed = check.hint(message)
  return last_placed
end

-- Call; what goes wrong in it is said with the place, at least the plugin's file.
local function call_named(name, text, fn, ...)
  local ok, value = pcall(fn, ...)
  if ok then return value end
  if type(value) ~= "string" then error(value, 0) end
  error(plugins.placed(value, function(message) return placed(name, text, message) end), 0)
end

-- What Lua says of a file that it cannot read names the file's end alone where that is long, and none
-- where it is nested too deep.
local function with_name(name, message)
  if message:sub(1, #name + 1) == name .. ":" then return message end
  if message == "C stack overflow" then message = "it is nested too deep; take parts of it out into functions" end
  return name .. (message:match "^%.%.%.[^:]*(:%d+: .*)$" or ": " .. message)
end

-- -> chunk | nil, message
local function compile(name, text, env)
  local chunk, message = fence.compile(name, text, env)
  if chunk then return chunk end
  message = with_name(name, message)
  local is_quote = message:find("near '<\\226>'", 1, true) and text:find "[\u{201C}\u{201D}\u{2018}\u{2019}]"
  local is_list = message:find("'}' expected", 1, true)
  return nil, message .. (is_quote and '; curly quotes are no quotes here: write "'
    or is_list and "; is there a comma before it?" or "")
end

local function run_text(name, text, env)
  local chunk, message = compile(name, text, env)
  if not chunk then raise_placed(message) end
  return call_named(name, text, chunk)
end

-- What keeps each file of a plugin from being read at all, loaded or not; nothing of it runs.
function plugins.faults(plugin)
  local faults = core.array {}
  for _, path in ipairs(check.names(plugin.files)) do
    local chunk, message = true, nil
    if path:find "%.lua$" then chunk, message = compile(plugin.name .. "/" .. path, plugin.files[path], {}) end
    if not chunk then faults[#faults + 1] = check.failure(message) end
  end
  return faults
end

-- Words that stand in quotes in plugin.lua; without them they would be nothing, in silence.
local in_quotes = {}
for _, words in ipairs { declared.fields.option.type.choices, declared.choices.grant, declared.choices.sends } do
  for _, word in ipairs(words) do in_quotes[word] = true end
end

local function manifest_environment()
  return setmetatable(plugins.environment(), { __index = function(_, name)
    if in_quotes[name] then error(('write it in quotes: "%s"'):format(name), 2) end
  end })
end

-- Manifests ------------------------------------------------------------------

-- Evaluate plugin.lua alone and check it, unless that was done before (`is_checked`); raises with what
-- is wrong.
function plugins.manifest(name, files, is_checked)
  local where = name .. "/plugin.lua"
  if not files["plugin.lua"] then error(where .. " is missing", 0) end
  local manifest = run_text(where, files["plugin.lua"], manifest_environment())
  local fault = not is_checked and manifests.fault(manifest, name)
  if fault then error(placed(where, files["plugin.lua"], fault), 0) end
  return manifest
end

-- Constructors ---------------------------------------------------------------

local function add_rules(set, plugin, env)
  for _, kind in ipairs(core.rule.kinds) do
    env[kind] = function(fields)
      if set.loaded then error("make a rule when the plugin loads, not inside a step", 2) end
      local ok, rule = pcall(core.rule[kind], type(fields) == "table" and copy_of(fields) or fields)
      if not ok then error(rule, 2) end
      if set.rules[rule.name] then
        error(('there are two rules called "%s"; give each its own name'):format(rule.name), 2)
      end
      plugin.made[kind] = (plugin.made[kind] or 0) + 1
      plugin.made.all = (plugin.made.all or 0) + 1
      local too_many = limits.fault("rules", plugin.made.all) or limits.fault("set_rules", #set.rule_list + 1)
        or kind == "rolling" and limits.fault("rolling", plugin.made.rolling)
      if too_many then error(too_many, 2) end
      set.rules[rule.name] = rule
      local _, at = pcall(error, "", 3) -- "local/init.lua:3: ", where it is made
      set.rule_list[#set.rule_list + 1] = { plugin = plugin.name, rule = rule, at = at:match "^(%S+): $" }
      return rule
    end
  end
end

local code_fields = { "text", "class", "meaning" }

local function add_codes(set, plugin, env)
  env.codes = function(list)
    if type(list) ~= "table" then check.arguments("codes", list) end
    if set.loaded then error("declare codes when the plugin loads", 2) end
    if not plugin.manifest.codes then
      error(("the plugin may not declare codes; write %scodes = true in plugin.lua"):format(
        plugin.manifest.api < 2 and "api = 2 and " or ""), 2)
    end
    plugin.made.codes = (plugin.made.codes or 0) + #list
    local too_many = limits.fault("codes", plugin.made.codes)
    if too_many then error(too_many, 2) end
    for i, row in ipairs(list) do
      row = type(row) == "table" and row or {}
      local newer = manifests.newer_fault("code", row, plugin.manifest.api)
      if newer then error(("codes: item %d: %s"):format(i, newer), 2) end
      local code = { plugin = plugin.name, physical = row.physical or false, from = row.from, to = row.to,
        half = row.half }
      for at, name in ipairs(code_fields) do
        if type(row[at]) ~= "string" then
          error(("codes: item %d should begin with three texts: code, class, meaning"):format(i), 2)
        end
        code[name] = row[at]
        local fault = check.line_fault(row[at], most_line, ("codes: item %d: %s"):format(i, name))
        if fault then error(fault, 2) end
      end
      code.late = row.late == true
        or plugin.manifest.api < 3 and code.class == "present" and roles.is_late(code.meaning)
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

-- require "england": another plugin's init.lua, or that of the plugin it extends, if it has
-- none; require "essex.words": a file of one's own (essex/words.lua).
local function requirer(set, plugin)
  return function(module)
    if type(module) ~= "string" then check.arguments("require", module) end
    local name, inner = module:match "^([a-z][a-z0-9_-]*)%.?([a-z0-9_.-]*)$"
    local target = name and set.by_name[name]
    if not target or not may_require(plugin, name) then
      local own, others = plugin.files[module:gsub("%.", "/") .. ".lua"], copy_of(plugin.manifest.requires or {})
      others[#others + 1] = plugin.manifest.extends
      local nearest = not target and check.did_you_mean(module, others) or ""
      error(('"%s" cannot be required%s'):format(module, own and ('; write "%s.%s"'):format(plugin.name, module)
        or nearest ~= "" and nearest or "; name it in requires in plugin.lua"), 2)
    end
    local path = inner == "" and "init.lua" or inner:gsub("%.", "/") .. ".lua"
    while inner == "" and not target.files[path] and set.by_name[target.manifest.extends] do
      target = set.by_name[target.manifest.extends]
    end
    if not target.files[path] then
      error(('"%s" has no file %s'):format(name, path), 2)
    end
    return run_file(target, path, inner == "" and target.name or module)
  end
end

-- What a plugin's init.lua returns; without one, what that of the plugin it extends does.
local function module_of(set, plugin)
  while plugin and not plugin.files["init.lua"] do plugin = set.by_name[plugin.manifest.extends] end
  return plugin and plugin.env.require(plugin.name)
end

-- Its own, if it is a table.
local function fields_of(plugin)
  local module = plugin.files["init.lua"] and plugin.env.require(plugin.name)
  return type(module) == "table" and module or {}
end

-- Steps ----------------------------------------------------------------------

-- Of the plugin's own file, else of the one that it extends; nil when there is none.
local function find_step(set, plugin, name)
  if plugin.steps[name] then return plugin.steps[name] end
  local path = "steps/" .. name .. ".lua"
  if not plugin.files[path] then
    local parent = set.by_name[plugin.manifest.extends]
    return parent and find_step(set, parent, name)
  end
  local step = run_text(plugin.name .. "/" .. path, plugin.files[path], plugin.env)
  if not steps.is_step(step) then
    raise_placed(("%s/%s: it should return step { … }; write return before step"):format(plugin.name, path))
  end
  plugin.steps[name] = { step = step, plugin = plugin, name = name }
  return plugin.steps[name]
end

-- The nearest of the steps of a plugin and of those that it extends, as the end of a sentence.
local function nearest_step(set, plugin, name)
  local names = {}
  while plugin do
    for path in next, plugin.files do names[#names + 1] = path:match "^steps/(.+)%.lua$" end
    plugin = set.by_name[plugin.manifest.extends]
  end
  table.sort(names)
  return check.did_you_mean(name, names)
end

-- A step that the road map names.
local function load_step(set, plugin, name)
  local found = find_step(set, plugin, name)
  if found then return found end
  local nearest = nearest_step(set, plugin, name)
  error(('%s/%s: the road map has the step "%s", and there is no steps/%s.lua%s'):format(plugin.name,
    plugin.files["init.lua"] and "init.lua" or "plugin.lua", name, name,
    nearest == "" and "; write it, or take the step out of the road map" or nearest), 0)
end

-- The step of the same name that a plugin of its file extends, if it was read.
local function step_before(set, plugin, name)
  local parent = set.by_name[plugin.manifest.extends]
  while parent do
    if parent.steps[name] then return parent.steps[name].step end
    parent = set.by_name[parent.manifest.extends]
  end
end

-- The coded reasons of a road map: { { "illness", "Illness" }, … }, the plugin's
-- own or those of the one it extends.
local function reasons_of(set, plugin)
  local list = fields_of(plugin).reasons
  local parent = set.by_name[plugin.manifest.extends]
  if not list then return parent and reasons_of(set, parent) or {} end
  local reasons = {}
  for i, row in ipairs(list) do
    if type(row) ~= "table" or type(row[1]) ~= "string" or type(row[2]) ~= "string" then
      error(("reasons: item %d should be { code, words }"):format(i), 0)
    end
    local fault = check.line_fault(row[1], 100, ("reasons: item %d"):format(i))
      or check.line_fault(row[2], 200, ("reasons: item %d"):format(i))
    if fault then error(("%s/init.lua: %s"):format(plugin.name, fault), 0) end
    reasons[i] = { code = row[1], words = row[2] }
  end
  return reasons
end

-- What a road map says of the lists that people work from: the plugin's own, over those
-- of the one it extends.
local function lists_of(set, plugin)
  local parent = set.by_name[plugin.manifest.extends]
  local lists = parent and lists_of(set, parent) or {}
  local own = fields_of(plugin).lists
  if not own then return lists end
  local fault = check.fields(own, declared.fields.lists, "lists") or check.lines_fault(own, most_line, "lists")
  if fault then error(plugin.name .. "/init.lua: " .. fault, 0) end
  for name, value in next, own do lists[name] = value end
  return lists
end

-- A field of what init.lua returns, the plugin's own or that of the one it extends.
-- -> value | nil, the plugin that gives it
local function inherited(set, plugin, field)
  local module, parent = fields_of(plugin), set.by_name[plugin.manifest.extends]
  local fault = manifests.newer_fault("module", module, plugin.manifest.api)
  if fault then error(plugin.name .. "/init.lua: " .. fault, 0) end
  if module[field] ~= nil or not parent then return module[field], plugin end
  return inherited(set, parent, field)
end

local function check_return(each, i)
  local fault = check.fields(each, declared.fields.return_list, ("returns: item %d"):format(i))
  if not fault and not (type(each.rule) == "userdata" and pcall(core.rule.describe, each.rule)) then
    fault = ('returns: item %d: "rule" should be a rule'):format(i)
  end
  return fault or check.lines_fault(each, most_line, ("returns: item %d"):format(i))
end

-- The lists for the authority, with the names of their rules.
local function returns_of(set, served)
  local list, giver = inherited(set, served, "returns")
  local returns = {}
  if list ~= nil and type(list) ~= "table" then error(giver.name .. "/init.lua: returns should be a list", 0) end
  for i, each in ipairs(list or {}) do
    local fault = check_return(each, i)
    if fault then error(giver.name .. "/init.lua: " .. fault, 0) end
    returns[i] = { name = each.name, title = each.title, rule = each.rule.name, period = each.period or "year",
      words = each.words, expected = each.expected, lasting = each.lasting, plan = each.plan,
      shows = each.shows and core.array(each.shows) }
  end
  return returns
end

-- What the law says from a day on, of all plugins of the set: an authority adds rows to those of the
-- plugins that it is built on.
local function law_of(set)
  local rows, seen = core.array {}, {}
  for _, plugin in ipairs(set.list) do
    local list = fields_of(plugin).law
    if list ~= nil and type(list) ~= "table" then error(plugin.name .. "/init.lua: law should be a list", 0) end
    for i, row in ipairs(list or {}) do
      local fault = check.fields(row, declared.fields.law_row, ("law: item %d"):format(i))
      if not fault and row.from and core.date.parse(row.from) ~= row.from then
        fault = ('law: item %d: "from" is not a date such as "2026-05-04"'):format(i)
      end
      if fault then error(plugin.name .. "/init.lua: " .. fault, 0) end
      if not seen[row] then rows[#rows + 1], seen[row] = copy_of(row), true end
    end
  end
  return rows
end

-- What the form of a referral asks for: of the road map, else of a plugin that it requires.
local function referral_form_of(set, served)
  local list, giver = inherited(set, served, "referral_form")
  for i = #set.list, 1, -1 do
    if list then break end
    list, giver = fields_of(set.list[i]).referral_form, set.list[i]
  end
  if list ~= nil and type(list) ~= "table" then
    error(giver.name .. "/init.lua: referral_form should be a list", 0)
  end
  local rows = core.array {}
  for i, row in ipairs(list or {}) do
    local fault = check.fields(row, declared.fields.form_row, ("referral_form: item %d"):format(i))
      or check.lines_fault(row, most_line, ("referral_form: item %d"):format(i))
    if fault then error(giver.name .. "/init.lua: " .. fault, 0) end
    rows[i] = copy_of(row)
    for _, name in ipairs { "steps", "kinds", "fields" } do rows[i][name] = core.array(row[name] or {}) end
    rows[i].named, rows[i].needed = row.named or false, row.needed or false
  end
  return rows
end

-- The days on which no school is open, of all plugins of the set, each once, in order.
local function bank_holidays_of(set)
  local days, seen = core.array {}, {}
  for _, plugin in ipairs(set.list) do
    for i, day in ipairs(fields_of(plugin).bank_holidays or {}) do
      if type(day) ~= "string" or core.date.parse(day) ~= day then
        error(("%s/init.lua: bank_holidays: item %d is not a date such as \"2026-05-04\""):format(plugin.name, i), 0)
      end
      if not seen[day] then days[#days + 1], seen[day] = day, true end
    end
  end
  table.sort(days)
  return days
end

local function road_map_of(set, plugin)
  if plugin.road_map then return plugin.road_map end
  local names = fields_of(plugin).road_map
  local parent = set.by_name[plugin.manifest.extends]
  if names then
    plugin.road_map = call_named(plugin.name .. "/init.lua", plugin.files["init.lua"], steps.road_map, names)
  elseif parent then
    plugin.road_map = road_map_of(set, parent)
  end
  return plugin.road_map
end

-- Steps that can be recorded and are no stops of the road map, after those that are.
local function add_further(set, served)
  local names, giver = inherited(set, served, "further")
  local on_map = {}
  for _, each in ipairs(set.steps) do on_map[each.name] = true end
  names = names and call_named(giver.name .. "/init.lua", giver.files["init.lua"], steps.road_map, names) or {}
  for _, name in ipairs(names) do
    if on_map[name] then error(('%s/init.lua: further: "%s" is on the road map'):format(giver.name, name), 0) end
    local each = load_step(set, served, name)
    set.steps[#set.steps + 1] = { step = steps.fields(each.step), plugin = each.plugin, name = name,
      further = true }
  end
end

-- What a plugin that extends another sees of it: its module, a copy of its road
-- map, and its steps.
local function parent_view(set, parent)
  local view = { steps = setmetatable({}, { __index = function(_, name)
    if type(name) ~= "string" then error("parent.steps is asked for the name of a step", 2) end
    local found = find_step(set, parent, name)
    if found then return found.step end
    error(('%s has no step "%s"%s'):format(parent.name, name, nearest_step(set, parent, name)), 2)
  end }) }
  view.module = module_of(set, parent)
  view.road_map = steps.road_map(road_map_of(set, parent) or {})
  return view
end

-- Profiles -------------------------------------------------------------------

-- Those of a plugin and of the plugins that it extends, by name; its own stand before theirs.
local function profile_files(set, plugin)
  local files = {}
  while plugin do
    for path in next, plugin.files do
      local name = path:match "^profiles/([^/]+)%.lua$"
      if name and not files[name] then files[name] = { plugin = plugin, path = path } end
    end
    plugin = set.by_name[plugin.manifest.extends]
  end
  return files
end

local function load_profile(name, file)
  local where = ("%s/%s"):format(file.plugin.name, file.path)
  local fault = check.file_name_fault(name, "profiles")
  if fault then raise_placed(("%s: %s; rename the file"):format(where, fault)) end
  local profile = run_text(where, file.plugin.files[file.path], file.plugin.env)
  if not profiles.is_profile(profile) then
    raise_placed(where .. ": it should return profile { … }; write return before profile")
  end
  return profile
end

-- The profile of a name, which a load set has, with its file.
function plugins.profile(set, name)
  local file = profile_files(set, set.list[#set.list])[name]
  if not file then error(('there is no profile "%s"'):format(name), 0) end
  return load_profile(name, file), ("%s/%s"):format(file.plugin.name, file.path)
end

local function declared_profiles(set)
  local list, files = core.array {}, profile_files(set, set.list[#set.list])
  for i, name in ipairs(check.names(files)) do
    list[i] = profiles.declared(load_profile(name, files[name]), name)
    list[i].plugin = files[name].plugin.name
  end
  return list
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

-- A copy of the options, under their own names only: a slip of the pen is an error, not nil.
local function strict(plugin_name, config)
  local names = check.names(config)
  return setmetatable(manifests.copy_of(config), { __index = function(_, name)
    error(('"%s" has no option "%s"%s'):format(plugin_name, tostring(name),
      check.did_you_mean(tostring(name), names)), 2)
  end })
end

-- What came after the level of a plugin raises, with what to do.
local function hold_back_newer(env, level)
  for name, since in pairs(declared.newer.globals) do
    if since > level then env[name] = function() error(manifests.newer_words(name, since), 2) end end
  end
end

local function step_maker(level, is_checked)
  return function(fields)
    local fault = not is_checked and manifests.newer_fault("step", fields, level)
    if fault then error("step: " .. fault, 2) end
    return steps.new(fields, level)
  end
end

local function add_configs(set, list)
  local function configured(name) return configured_by_others(list, name) end
  local function settings(name) return set.by_name[name].options end
  for _, chain in ipairs(manifests.chains(list)) do
    for at, config in ipairs(manifests.configs(chain, configured, settings)) do
      chain[at].config = chain[at].config or config
    end
  end
end

-- What plugin.lua says and the options that follow from it are plain data, which no other file of a
-- plugin is given but as a copy: they are read once.
local function read_manifests(set, list)
  for _, plugin in ipairs(list) do
    plugin.manifest = manifests.plain(plugins.manifest(plugin.name, plugin.files, set.is_checked))
    plugin.version = plugin.manifest.version
  end
  for _, plugin in ipairs(list) do check_configure(set, plugin) end
  add_configs(set, list)
end

local function prepare(set, list)
  for _, plugin in ipairs(list) do
    set.by_name[plugin.name] = plugin
    plugin.modules, plugin.steps, plugin.made, plugin.road_map = {}, {}, {}, nil
  end
  if not list[#list].config then read_manifests(set, list) end
  for _, plugin in ipairs(list) do
    local env = plugins.environment()
    plugin.env = env
    env.config = strict(plugin.name, plugin.config)
    env.step = step_maker(plugin.manifest.api, set.is_checked)
    env.recorded = steps.recorded
    env.profile = profiles.new
    effects.add_to(set, env, plugin)
    add_rules(set, plugin, env)
    add_codes(set, plugin, env)
    env.require = requirer(set, plugin)
    hold_back_newer(env, plugin.manifest.api)
  end
end

local function run(set, list)
  for _, plugin in ipairs(list) do
    local parent = set.by_name[plugin.manifest.extends]
    if parent then plugin.env.parent = parent_view(set, parent) end
    if plugin.files["init.lua"] then plugin.env.require(plugin.name) end
  end
  local served = list[#list]
  if not set.is_checked then
    set.reasons, set.lists, set.returns = reasons_of(set, served), lists_of(set, served), returns_of(set, served)
    set.law = law_of(set)
    set.referral_form, set.bank_holidays = referral_form_of(set, served), bank_holidays_of(set)
    set.profiles = declared_profiles(set)
  end
  for _, name in ipairs(road_map_of(set, served) or {}) do
    local each = load_step(set, served, name)
    set.steps[#set.steps + 1] = { step = steps.fields(each.step), plugin = each.plugin, name = name }
  end
  add_further(set, served)
end

-- Load everything; raises with what is wrong. The set: rules (by name),
-- rule_list, codes, steps (of the served plugin's road map), hooks ({ event, fn } in
-- the order registered, of all its plugins), by_name, list.
--   how  { today; print = what plugins have of that name, if it is not the worker's own; is_checked =
--        true: the same files were loaded before to say what they declare, so that nothing is checked
--        again, and what is for people alone is not read }
function plugins.load(list, how)
  local set = { by_name = {}, rules = {}, rule_list = {}, codes = {}, steps = {}, hooks = {}, list = list,
    is_checked = how.is_checked }
  steps.use_checked(how.is_checked)
  prepare(set, list)
  for _, plugin in ipairs(list) do plugin.env.print = how.print or plugin.env.print end
  run(set, list)
  set.loaded = true
  -- Only now: what is declared must not hang on the day it was declared.
  for _, plugin in ipairs(list) do plugin.env.today = how.today end
  return set
end

-- What the host is told of a load set.
function plugins.declared(set)
  local answer = { plugins = core.array {}, rules = core.array {}, codes = core.array(set.codes),
    steps = core.array {}, reasons = core.array(set.reasons), lists = set.lists,
    returns = core.array(set.returns), law = set.law, referral_form = set.referral_form,
    bank_holidays = set.bank_holidays, hooks = effects.wanted(set), profiles = set.profiles }
  for i, plugin in ipairs(set.list) do
    answer.plugins[i] = manifests.declared(plugin.manifest)
    answer.plugins[i].config = plugin.config
  end
  for i, each in ipairs(set.rule_list) do
    local spec, kind = core.rule.describe(each.rule)
    answer.rules[i] = { plugin = each.plugin, name = each.rule.name, kind = kind, spec = spec, at = each.at }
  end
  for i, each in ipairs(set.steps) do
    answer.steps[i] = steps.declared(each.step, each.name, each.plugin, each.further)
    answer.steps[i].own = steps.own_functions(each.step, step_before(set, each.plugin, each.name))
  end
  return answer
end

return plugins
