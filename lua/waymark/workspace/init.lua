-- workspace: a folder with waymark.lua, waymark.db and plugins/, opened.
--
-- It owns the settings as they are today, the store, and what the plugins in
-- use declare. The calendar of the settings is handed to the store, which lays
-- the imported days over it.
--
--   warning   what should be said of the disk it lies on; nil: nothing
--   maps      for each distinct list of `use` lines: { served, set, declared,
--             options }; the road map is that of the last plugin that has steps
--   rules     every declared rule, in the order of `use`
--   as_of     the day a command looks at, when nothing else is said: the last
--             day that registers have come in for, and never after today

local core = require "waymark.core"
local find = require "waymark.workspace.find"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local settings = require "waymark.workspace.settings"
local declarations = require "waymark.store.declarations"
local pupils = require "waymark.store.pupils"
local registers = require "waymark.store.registers"
local check = core.sdk "check"
local manifests = core.sdk "manifest"

local workspace = {}
workspace.__index = workspace

local function hand_over_calendars(self)
  problem.check(self.store:default_days(nil, settings.days(self.settings.years)))
  for _, school in ipairs(self.settings.schools) do
    if #school.years > 0 then
      problem.check(self.store:default_days(school.key, settings.days(school.years)))
    end
  end
end

-- The declarations kept in the workspace; written only by changing commands.
local function cache_of(self)
  return {
    may_write = self.mode ~= "read",
    declaration = function(_, key) return declarations.get(self.store, key) end,
    put_declaration = function(_, key, body) declarations.put(self.store, key, body, self.now) end,
  }
end

-- Open the workspace in `folder`: mode "read" or "write". Raises problems.
function workspace.open(folder, mode, now)
  local self = setmetatable({ folder = folder, mode = mode, now = now or core.system.now() }, workspace)
  self.settings = problem.check(settings.read(folder))
  self.store, self.warning = problem.check(core.store.open(folder .. "/waymark.db", mode))
  hand_over_calendars(self)
  self.context = { folder = folder, cache = cache_of(self), known = {} }
  return self
end

function workspace:close() self.store:close() end

-- Plugins in use ------------------------------------------------------------------

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
    if not ok then problem.raise("the plugin %s cannot be used: %s", chain[#chain].name, fault) end
  end
end

-- A plugin that fails while it is loaded is left out, and the others go on; the
-- command says so and ends with status 3.
local function add_set(map, set, context)
  check_options(map, set, context)
  local ok, declared = pcall(plugins.declare, set, map.options, context)
  if ok then
    map.sets[#map.sets + 1], map.all[#map.all + 1] = set, declared
    if #declared.steps > 0 then take_road_map(map, set, declared) end
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

-- Each rule once, by plugin and name, in the order of use.
local function collect_rules(self)
  local seen = {}
  self.rules, self.rules_by_name = {}, {}
  for _, map in ipairs(self.maps) do
    for _, declared in ipairs(map.all) do
      for _, rule in ipairs(declared.rules) do
        local key = rule.plugin .. " " .. rule.name
        if not seen[key] then
          seen[key] = true
          self.rules[#self.rules + 1] = rule
          self.rules_by_name[rule.name] = self.rules_by_name[rule.name] or rule
        end
      end
    end
  end
end

local function collect_codes(self)
  local seen, list = {}, {}
  for _, map in ipairs(self.maps) do
    for _, declared in ipairs(map.all) do
      for _, code in ipairs(declared.codes) do
        local key = ("%s %s %s"):format(code.text, code.from, code.to)
        if not seen[key] then
          seen[key] = true
          list[#list + 1] = code
        end
      end
    end
  end
  return list
end

-- A map whose plugins cannot be used, when the command can go on without it.
local function broken_map(raised, uses)
  if not problem.is(raised) then error(raised, 0) end
  return { sets = {}, all = {}, broken = raised.message, served = uses[#uses].name }
end

local function map_for(self, uses)
  local key = uses_key(uses)
  if not self.maps_by_key[key] then
    local ok, map = pcall(new_map, uses, self.context)
    if not ok and not self.tolerant then error(map, 0) end
    self.maps_by_key[key] = ok and map or broken_map(map, uses)
    self.maps[#self.maps + 1] = self.maps_by_key[key]
  end
  return self.maps_by_key[key]
end

-- Read and declare every plugin in use; once. With `tolerant`, a map whose plugins
-- cannot be used has `broken` (why) and no road map; else that raises.
function workspace:load_plugins(tolerant)
  if self.maps then return self end
  self.tolerant = tolerant
  self.maps, self.maps_by_key, self.map_of_school = {}, {}, {}
  self.common = map_for(self, self.settings.uses)
  for _, school in ipairs(self.settings.schools) do
    if #school.uses > 0 then self.map_of_school[school.key] = map_for(self, school.uses) end
  end
  self.plugin_failures = {}
  for _, map in ipairs(self.maps) do
    for _, failure in ipairs(map.failures or {}) do
      self.plugin_failures[#self.plugin_failures + 1] = failure
    end
  end
  collect_rules(self)
  self.declared_codes = collect_codes(self)
  core.sdk("pupil").use_rules(self:rule_values())
  return self
end

function workspace:rule_values()
  local values = {}
  for name, rule in next, self.rules_by_name do values[name] = rule.value end
  return values
end

-- The map that a school follows.
function workspace:map_for_school(key) return self.map_of_school[key] or self.common end

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
function workspace:digest_of(name, map)
  for _, each in ipairs(map and { map } or self.maps) do
    local set = set_with(each, name)
    if set then return plugins.set_digest(set) end
  end
end

-- The plugin whose road map a school follows, where it is not the one whose file a step is:
-- { plugin, version }; nil otherwise.
function workspace:served_by(map, step)
  if not map.set or map.served == step.plugin then return nil end
  return { plugin = map.served, version = plugins.manifest(map.set.by_name[map.served], self.context.cache).version }
end

-- Rules that are thresholds: those over rolling school weeks. `column` is the
-- name of their figures: the rule's, with the plugin's before it where two
-- plugins have a rule of that name.
function workspace:thresholds()
  local list, count = {}, {}
  for _, rule in ipairs(self.rules) do
    if rule.kind == "rolling" then
      list[#list + 1] = rule
      count[rule.name] = (count[rule.name] or 0) + 1
    end
  end
  for _, rule in ipairs(list) do
    local name = count[rule.name] > 1 and rule.plugin .. "_" .. rule.name or rule.name
    rule.column = name:gsub("-", "_")
  end
  return list
end

-- Changing --------------------------------------------------------------------------

-- What a changing command does first, inside its transaction: keep the settings,
-- the schools they name, and the codes that plugins declare.
function workspace:settle(tolerant)
  self:load_plugins(tolerant)
  problem.check(self.store:settings(self.settings.text, self.now))
  for _, school in ipairs(self.settings.schools) do
    problem.check(self.store:put_school { key = school.key, name = school.name, phase = school.phase,
      la = school.la })
  end
  problem.check(self.store:add_codes(self.declared_codes))
end

-- Run `work` in the one transaction of a command; in a dry run all of it is
-- undone again. Whatever is raised undoes it too; so does a commit that fails, and
-- with it goes the file of rows left out that a report names.
function workspace:change(dry_run, work)
  problem.check(self.store:begin())
  local ok, result = pcall(work)
  if ok and not dry_run then
    local committed, message = self.store:commit()
    if not committed then
      if type(result) == "table" and result.left_out_path then os.remove(result.left_out_path) end
      ok, result = pcall(problem.raise, "%s", message)
    end
  end
  if not ok or dry_run then self.store:rollback() end
  if not ok then error(result, 0) end
  return result
end

-- Looking ---------------------------------------------------------------------------

function workspace:codes()
  if not self.codes_set then self.codes_set = core.codes(self.store:codes()) end
  return self.codes_set
end

function workspace:today() return core.system.local_text(self.now):sub(1, 10) end

function workspace:as_of()
  local last, today = registers.last_day(self.store), self:today()
  return last and last < today and last or today
end

local filter_names = { "school", "as_of", "diary", "known_at", "year", "form", "upn", "enrolment", "everyone" }

local named_most = 12 -- year groups or forms in a message

-- What is said where nobody is in a year group or a form: which there are; of more than a few those
-- with its number, else the nearest.
local function nobody_in(self, what, text, school)
  local names = pupils.group_names(self.store, what, school)
  local where = core.fold(text):find("^" .. what .. " ") and text or what .. " " .. text -- "Year 4" says it
  if #names == 0 then problem.raise("nobody is in %s; no pupil has a %s", where, what) end
  if #names > named_most then
    local alike, number = {}, text:match "%d+"
    for _, name in ipairs(names) do
      if number and name:match "%d+" == number then alike[#alike + 1] = name end
    end
    if #alike == 0 then alike[1] = core.nearest(text, names) end
    if #alike > 0 then names = alike end
  end
  problem.raise("nobody is in %s; there %s %s%s", where, #names == 1 and "is" or "are",
    table.concat(names, ", ", 1, math.min(#names, named_most)), #names > named_most and ", …" or "")
end

local function check_groups(self, school, year, form)
  if not year and not form or pupils.any_in(self.store, school, year, form) then return end
  if year and not pupils.any_in(self.store, school, year) then nobody_in(self, "year", year, school) end
  if form and not pupils.any_in(self.store, school, nil, form) then nobody_in(self, "form", form, school) end
  problem.raise("nobody in form %s is in year %s; leave one of them out", form, year)
end

-- A filter that people write, checked: the store's own form of it.
function workspace:filter(given)
  given = given or {}
  local filter = {}
  for name, value in next, given do
    local known = false
    for _, each in ipairs(filter_names) do known = known or each == name end
    if not known then
      problem.raise('pupils { … } has no field "%s"%s', tostring(name),
        check.did_you_mean(tostring(name), filter_names))
    end
    filter[name] = value
  end
  if type(filter.as_of) == "string" then filter.as_of = problem.check(core.date.parse(filter.as_of)) end
  -- Registers lag behind what people did: unless a day is asked for, entries are
  -- looked at up to today.
  filter.diary = filter.diary or filter.as_of or self:today()
  filter.as_of = filter.as_of or self:as_of()
  filter.year, filter.form = filter.year and tostring(filter.year), filter.form and tostring(filter.form)
  if type(filter.known_at) == "string" then filter.known_at = problem.check(core.system.time(filter.known_at)) end
  if type(filter.school) == "string" then filter.school = self:school_id(filter.school) end
  check_groups(self, filter.school, filter.year, filter.form)
  return filter
end

function workspace:school_id(text) return problem.check(self.store:school_id(text)) end

local every_field = { "registers", "pupil.upn", "pupil.name", "pupil.groups", "pupil.dob", "pupil.sex",
  "sensitive", "contacts", "cases" }

-- Every pupil of a filter of the store, with the fields that it names. The fourth value ends
-- the store's snapshot when the loop is left early.
function workspace:each_pupil(filter)
  local next_block, _, _, closer = problem.check(self.store:batches(filter))
  local codes = self:codes()
  local batch, record = nil, 0
  return function()
    record = record + 1
    while not batch or record > #batch do
      local bytes = next_block()
      if not bytes then return nil end
      batch, record = problem.check(core.batch(bytes, codes)), 1
    end
    return batch[record]
  end, nil, nil, closer
end

-- Every pupil that the filter lets through: for p in workspace:pupils { year = 9 } do
function workspace:pupils(given)
  local filter = self:filter(given)
  filter.fields = every_field
  return self:each_pupil(filter)
end

-- The only pupil that a filter lets through (an enrolment, say), or nil.
function workspace:one_pupil(given)
  local next_pupil, _, _, closer = self:pupils(given)
  local _ <close> = closer -- the store's snapshot ends with the look
  return (next_pupil())
end

-- One pupil by what a person types; see waymark.find.
function workspace:find_pupil(who, as_of) return find.pupil(self.store, who, as_of) end

workspace.every_field = every_field

return workspace
