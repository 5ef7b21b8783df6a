-- plugin/road_map: what the plugins in use bring to each school.
--
-- A map is what one list of `use` lines comes to: { served, set, declared, options, sets,
-- all, failures, broken }. The road map is that of the one plugin that has steps: `declared`
-- is what its load set declares, `served` its name, `set` the load set; without one, all three
-- are nil. `sets` and `all` are those of every plugin. `failures` are of plugins that could not
-- be loaded and were left out; `broken` says why there is no road map when one of them brings it.
--
--   road_map.load(settings, context, tolerant) -> road maps, an object with
--     maps        each distinct one
--     rules       every declared rule, in the order of `use`; rules_by_name. One `is_heard` that a
--                 road map's plugins declare, or those of a hook that is told of thresholds
--     codes       every declared code
--     failures    of every map
--     entry_steps()   what is said of the steps of recorded entries (lua/sdk/entries)
--   self:check_codes(known)     raises where they differ from those that a workspace has
--   road_map.available(context) -> those that there are to choose from: { name, title, extends }
--   road_map.general(list)      -> of these the one that others build on | nil

local core = require "waymark.core"
local files = require "waymark.base.files"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local tables = require "waymark.base.tables"
local check = core.sdk "check"
local manifests = core.sdk "manifest"
local sdk_entries = core.sdk "entries"

local road_map = {}
road_map.__index = road_map

local function options_of(uses)
  local options = {}
  for _, use in ipairs(uses) do options[use.name] = use.options end
  return options
end

-- The plugins of a list of uses that no other one of it needs.
local function outermost(uses, context)
  local sets, needed = {}, {}
  for i, use in ipairs(uses) do
    sets[i] = plugins.load_set(use.name, context)
    for _, plugin in ipairs(sets[i].list) do
      if plugin.name ~= use.name then needed[plugin.name] = true end
    end
  end
  local list = {}
  for i, use in ipairs(uses) do
    if not needed[use.name] then list[#list + 1] = sets[i] end
  end
  return list
end

local function check_once(uses)
  local seen = {}
  for _, use in ipairs(uses) do
    if seen[use.name] then problem.raise('use "%s" stands twice in waymark.lua; take one out', use.name) end
    seen[use.name] = true
  end
end

local function take_road_map(map, set, declared)
  if map.served then
    problem.raise('both "%s" and "%s" bring a road map, and a school follows one; let one extend the other, '
      .. "or take one out of waymark.lua", map.served, set.served)
  end
  map.set, map.declared, map.served = set, declared, set.served
end

-- Options are a person's: a wrong one stops the command.
local function check_options(map, set, context)
  for _, plugin in ipairs(set.list) do plugins.manifest(plugin, context.cache) end
  local function configured() return {} end
  local function given(name) return map.options[name] end
  for _, chain in ipairs(manifests.chains(set.list)) do
    local ok, fault = pcall(manifests.configs, chain, configured, given)
    if not ok then
      local about = check.failure(fault)
      local settings = about.file == "waymark.lua" and context.folder and files.read(context.folder .. "/waymark.lua")
      if settings and about.name then
        local line = require("waymark.plugin.source").line_of(settings, about.name)
        fault = fault:gsub("^waymark%.lua:", "%0" .. line .. ":")
      end
      problem.raise("the plugin %s cannot be used: %s", chain[#chain].name, fault)
    end
  end
end

-- A plugin that fails while it is loaded is left out, and the others go on; the
-- command says so and ends with status 3.
local function add_set(map, set, context)
  check_options(map, set, context)
  local ok, declared = pcall(plugins.declare, set, map.options, context)
  if ok then
    map.sets[#map.sets + 1], map.all[#map.all + 1] = set, declared
    if declared.has_road_map then take_road_map(map, set, declared) end
  elseif problem.is(declared) and declared.plugin then
    declared.version = (plugins.manifest(set.by_name[set.served], context.cache) or {}).version
    map.failures[#map.failures + 1] = declared
  else
    error(declared, 0)
  end
end

local function new_map(uses, context)
  check_once(uses)
  local map = { options = options_of(uses), sets = {}, all = {}, failures = {} }
  for _, set in ipairs(outermost(uses, context)) do add_set(map, set, context) end
  local failure = map.failures[1]
  if #map.all == 0 and failure then problem.raise_plugin(failure) end
  if not map.declared and failure then map.broken, map.served = failure.message, failure.plugin end
  return map
end

local function uses_key(uses)
  local parts = {}
  for _, use in ipairs(uses) do
    local options, message = core.encode(use.options)
    if not options then problem.raise('waymark.lua: use "%s": %s', use.name, message) end
    parts[#parts + 1] = use.name .. " " .. options
  end
  return table.concat(parts, "\n")
end

-- Each item of every declaration once.
local function collect(maps, name, key_of)
  local list, seen = {}, {}
  for _, map in ipairs(maps) do
    for _, declared in ipairs(map.all) do
      for _, each in ipairs(declared[name]) do
        local key = key_of(each)
        if not seen[key] then list[#list + 1], seen[key] = each, true end
      end
    end
  end
  return list
end

local function rule_key(rule) return rule.plugin .. " " .. rule.name end
local function code_key(code) return ("%s %s %s"):format(code.text, code.from, code.to) end

-- Whether two codes of one text have a day in common.
local function is_same_code(a, b)
  return not (a.to and b.from and a.to < b.from or b.to and a.from and b.to < a.from)
end

local told_of_code = { "class", "physical", "late", "half", "from", "to" }

-- What two plugins say of a code has to be the same: a mark means one thing in a workspace.
local function check_same(code, other)
  if other.plugin == code.plugin or not is_same_code(code, other) then return end
  for _, name in ipairs(told_of_code) do
    if code[name] ~= other[name] then
      problem.raise('the plugins %s and %s differ about the code "%s", in its %s: %s, %s; take one out of waymark.lua',
        other.plugin, code.plugin, code.text, name, other[name] or "none", code[name] or "none")
    end
  end
end

local function check_declared_codes(maps)
  local codes = collect(maps, "codes", function(code) return code.plugin .. " " .. code_key(code) end)
  local of_text = {}
  for _, code in ipairs(codes) do
    local same = of_text[code.text] or {}
    for _, other in ipairs(same) do check_same(code, other) end
    same[#same + 1], of_text[code.text] = code, same
  end
end

-- A map whose plugins cannot be used, when the command can go on without it. A disk that fails is no plugin's fault:
-- it may have ended the transaction.
local function broken_map(raised, uses)
  if not problem.is(raised) or raised.machine then error(raised, 0) end
  return { sets = {}, all = {}, failures = {}, broken = raised.message, served = uses[#uses].name }
end

local function map_of(self, uses)
  local key = uses_key(uses)
  if not self.by_key[key] then
    local ok, map = pcall(new_map, uses, self.context)
    if not ok and not self.tolerant then error(map, 0) end
    self.by_key[key] = ok and map or broken_map(map, uses)
    self.maps[#self.maps + 1] = self.by_key[key]
  end
  return self.by_key[key]
end

-- The records of a step that say what was offered or agreed.
local function describing(step)
  local names = {}
  for name, record in next, step.records do
    if record.role == "support" or record.role == "agreed" or record.type == "actions" then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- What lua/sdk/entries says of each step's entries, by the road map that each school follows.
local function collect_steps(self)
  local of_map, steps = {}, { schools = {} }
  for _, map in ipairs(self.maps) do
    of_map[map] = {}
    for _, step in ipairs(map.declared and map.declared.steps or {}) do
      of_map[map][step.name] = { principle = step.principle, plan = step.plan,
        apart = sdk_entries.is_apart(step) or nil, refused = step.refused,
        goes_on = step.goes_on, describes = describing(step) }
    end
  end
  steps.common = of_map[self.common]
  for key, map in next, self.of_school do steps.schools[key] = of_map[map] end
  return steps
end

local function hears(declared)
  local hooks = declared.hooks or {}
  return declared.has_road_map or tables.has(hooks, "threshold.met") or tables.has(hooks, "threshold.undone")
end

-- Read and declare every plugin in use. With `tolerant`, a map whose plugins cannot be
-- used has `broken` (why) and no road map; else that raises.
function road_map.load(settings, context, tolerant)
  local self = setmetatable({ context = context, tolerant = tolerant, maps = {}, by_key = {}, of_school = {},
    failures = {}, rules_by_name = {} }, road_map)
  self.common = map_of(self, settings.uses)
  for _, school in ipairs(settings.schools) do
    if #school.uses > 0 then self.of_school[school.key] = map_of(self, school.uses) end
  end
  for _, map in ipairs(self.maps) do table.move(map.failures, 1, #map.failures, #self.failures + 1, self.failures) end
  check_declared_codes(self.maps)
  local heard = {}
  for _, map in ipairs(self.maps) do
    for _, declared in ipairs(map.all) do
      for _, rule in ipairs(hears(declared) and declared.rules or {}) do heard[rule_key(rule)] = true end
    end
  end
  self.rules, self.codes = collect(self.maps, "rules", rule_key), collect(self.maps, "codes", code_key)
  for _, rule in ipairs(self.rules) do
    self.rules_by_name[rule.name] = self.rules_by_name[rule.name] or rule
    rule.is_heard = heard[rule_key(rule)]
  end
  local steps
  function self.entry_steps()
    steps = steps or collect_steps(self)
    return steps
  end
  for _, map in ipairs(self.maps) do -- every worker is told: a pupil may have come from another school
    for _, set in ipairs(map.sets) do set.entry_steps = self.entry_steps end
  end
  return self
end

-- In the order of their names; a plugin that cannot be read brings none.
-- What ships with Waymark and extends a road map is one; no worker is asked for that.
function road_map.available(context)
  local list, brings, later = {}, {}, {}
  local function look_at(plugin, waiting)
    local ok, raised = pcall(function()
      local set = plugins.load_set(plugin.name, context)
      local manifest = plugins.manifest(set.by_name[plugin.name], context.cache)
      local extends_one = brings[manifest.extends or ""]
      if waiting and manifest.extends and not extends_one then
        waiting[#waiting + 1] = plugin
      elseif extends_one and not plugin.own or plugins.declare(set, {}, context).has_road_map then
        brings[plugin.name] = true
        list[#list + 1] = { name = plugin.name, title = manifest.title or "", extends = manifest.extends }
      end
    end)
    if not ok and not problem.is(raised) then error(raised, 0) end
  end
  for _, plugin in ipairs(plugins.available(context.folder)) do look_at(plugin, later) end
  for _, plugin in ipairs(later) do look_at(plugin) end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

function road_map.general(list)
  local extended = {}
  for _, each in ipairs(list) do extended[each.extends or ""] = true end
  for _, each in ipairs(list) do
    if not each.extends and extended[each.name] then return each end
  end
end

-- Raise what is another class than a workspace has already: its marks go by that.
function road_map:check_codes(known)
  local of_text = {}
  for _, each in ipairs(known) do
    of_text[each.text] = of_text[each.text] or {}
    table.insert(of_text[each.text], each)
  end
  for _, code in ipairs(self.codes) do
    for _, each in ipairs(of_text[code.text] or {}) do
      if is_same_code(code, each) and code.class ~= each.class then
        problem.raise('the plugin %s says that the code "%s" is %s, and this workspace has it as %s, for good; take '
          .. "the plugin out of waymark.lua, or make a new workspace", code.plugin, code.text, code.class, each.class)
      end
    end
  end
end

-- The map that a school (its key) follows; the common one, if nothing is said.
function road_map:for_school(key) return key and self.of_school[key] or self.common end

-- A step of the road map that a school follows, by its name; nil when there is none.
function road_map:step(key, name)
  local declared = self:for_school(key).declared
  return declared and name and declared.steps_by_name[name] or nil
end

-- The set through which a map uses a plugin: that of its road map first.
local function set_with(map, name)
  if map.set and map.set.by_name[name] then return map.set end
  for _, set in ipairs(map.sets) do
    if set.by_name[name] then return set end
  end
end

-- The digest of all that is in force where a map (nil: any of them) uses a plugin: of the
-- plugin, of what it needs and of what extends it (plugins.set_digest). Whatever is
-- recorded keeps it.
function road_map:digest_of(name, map)
  for _, each in ipairs(map and { map } or self.maps) do
    local set = set_with(each, name)
    if set then return plugins.set_digest(set) end
  end
end

-- The plugin whose road map a school follows, where it is not the one whose file a step is:
-- { plugin, version }; nil otherwise.
function road_map:served_by(map, step)
  if not map.set or map.served == step.plugin then return nil end
  return { plugin = map.served, version = plugins.manifest(map.set.by_name[map.served], self.context.cache).version }
end

return road_map
