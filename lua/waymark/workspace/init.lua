-- workspace: a folder with waymark.lua, waymark.db and plugins/, opened.
--
-- It owns the settings as they are today, the store, and what the plugins in
-- use declare. The calendar of the settings is handed to the store, which lays
-- the imported days over it.
--
--   warning   what should be said of the disk it lies on; nil: nothing
--   is_changed  whether a change was committed: what fails afterwards does not undo it
--   maps, rules, rules_by_name, plugin_failures   of waymark.plugin.road_map, once
--             the plugins are loaded
--   as_of     the day a command looks at, when nothing else is said: the last
--             day that registers have come in for, and never after today

local core = require "waymark.core"
local problem = require "waymark.base.problem"
local pupils = require "waymark.workspace.pupils"
local settings = require "waymark.workspace.settings"
local declarations = require "waymark.store.declarations"
local registers = require "waymark.store.registers"
local limits = core.sdk "limits"

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

-- The further columns of pupils that the settings say are groups, and not sensitive.
local function hand_over_groups(self)
  local names = core.array {}
  for i, name in ipairs(self.settings.groups) do names[i] = (core.fold(name):gsub("[_-]", " ")) end
  problem.check(self.store:show_groups(problem.check(core.encode(names))))
end

-- The declarations kept in the workspace; written only by changing commands, and as the last of
-- what they change (`fresh`, by key): no worker is asked with the write lock.
local function cache_of(self)
  local fresh = {}
  self.fresh_declarations = fresh
  return {
    may_write = self.mode ~= "read",
    declaration = function(_, key) return fresh[key] or declarations.get(self.store, key) end,
    put_declaration = function(_, key, body) fresh[key] = body end,
  }
end

-- Open the workspace in `folder`: mode "read" or "write". Raises problems.
function workspace.open(folder, mode, now)
  local self = setmetatable({ folder = folder, mode = mode, now = now or core.system.now() }, workspace)
  self.settings = problem.check(settings.read(folder))
  self.store, self.warning = problem.check(core.store.open(folder .. "/waymark.db", mode))
  hand_over_calendars(self)
  hand_over_groups(self)
  self.context = { folder = folder, cache = cache_of(self), known = {} }
  return self
end

function workspace:close() self.store:close() end
workspace.__close = workspace.close

-- Plugins in use ------------------------------------------------------------------

-- Read and declare every plugin in use; once. See road_map.load.
function workspace:load_plugins(tolerant)
  if self.road_maps then return self end
  local road_map = require "waymark.plugin.road_map" -- here: many a question asks no plugin
  local maps = road_map.load(self.settings, self.context, tolerant)
  self.road_maps, self.maps, self.plugin_failures = maps, maps.maps, maps.failures
  self.rules, self.rules_by_name, self.declared_codes = maps.rules, maps.rules_by_name, maps.codes
  self.entry_steps, self.late_codes = maps.entry_steps, {}
  for _, code in ipairs(maps.codes) do
    if code.late then self.late_codes[code.text] = true end
  end
  core.sdk("pupil").use_rules(self:rule_values())
  core.sdk("pupil").use_steps(self.entry_steps)
  return self
end

-- Raise where a road map in use cannot be read or declared: what people did goes by it, and without it an entry
-- would be of no step and answer nothing. That is no fault of the file that says what they did.
function workspace:need_road_maps()
  for _, map in ipairs(self:load_plugins().maps) do
    if map.broken then problem.check(nil, map.broken, true) end
  end
end

function workspace:rule_values()
  local values = {}
  for name, rule in next, self.rules_by_name do values[name] = rule.value end
  return values
end

-- The map that a school follows, and a step of it; see waymark.plugin.road_map.
function workspace:map_for_school(key) return self.road_maps:for_school(key) end
function workspace:step(school, name) return self.road_maps:step(school, name) end
function workspace:digest_of(name, map) return self.road_maps:digest_of(name, map) end
function workspace:served_by(map, step) return self.road_maps:served_by(map, step) end

-- Whom a family can ask: the role in the settings, and the name, nil where there is an address alone.
function workspace:person_to_ask()
  for _, role in ipairs { "attendance_officer", "head" } do
    local text = self.settings.staff[role] or ""
    local name = text:match "^%s*(.-)%s*<" or not text:find("@", 1, true) and text or ""
    if text ~= "" then return role, name ~= "" and name or nil end
  end
end

-- Rules that are thresholds: those over rolling school weeks. `column` is the
-- name of their figures: the rule's, with the plugin's before it where two
-- plugins have a rule of that name.
-- `heard`: only those of which events tell (see road_map.load).
function workspace:thresholds(heard)
  local list, count = {}, {}
  for _, rule in ipairs(self.rules) do
    if rule.kind == "rolling" and (rule.is_heard or not heard) then
      list[#list + 1] = rule
      count[rule.name] = (count[rule.name] or 0) + 1
    end
  end
  local too_many = limits.fault("all_rolling", #list)
  if too_many then problem.raise("the plugins in use, with %s the last: %s", list[#list].plugin, too_many) end
  for _, rule in ipairs(list) do
    local name = count[rule.name] > 1 and rule.plugin .. "_" .. rule.name or rule.name
    rule.column = name:gsub("-", "_")
  end
  return list
end

-- Changing --------------------------------------------------------------------------

-- A school of the settings that is not known yet may be one that is, with another number or name: never a second one
-- by accident. It is when the settings name the known one no more, and both have one name, or there is no other.
local function check_new_school(self, school)
  local listed, known = {}, self:schools()
  for _, each in ipairs(self.settings.schools) do
    local id = self.store:school_id(each.key)
    if id then listed[id] = each.key end
  end
  local was = school.was and self.store:school_id(school.was)
  if was and listed[was] then
    problem.raise("waymark.lua names the school %s, and says that %s was its number; take one of the two out",
      listed[was], school.was)
  end
  if was then return end
  for _, each in ipairs(known) do
    local is_only = #known == 1 and #self.settings.schools == 1
    if not listed[each.id] and (is_only or core.fold(each.name) == core.fold(school.name)) then
      problem.raise('waymark.lua names a school %s that is not known, and no more %s, "%s"; if it got another number, '
        .. 'write was = "%s" in its block; if it is another school, keep a block for %s too', school.key, each.key,
        each.name, each.key, each.key)
    end
  end
end

-- What a changing command does first, inside its transaction: keep the settings, the schools they name, and the codes
-- that plugins declare. Who takes the lock at once has loaded the plugins before. Where the command has no lock yet
-- and something of these is new, it is kept by itself, so that what follows needs no lock either; nor is it needed
-- in a dry run for settings that were edited.
function workspace:settle(tolerant)
  self:load_plugins(tolerant)
  if not self.is_dry then problem.check(self.store:settings(self.settings.text, self.now)) end
  for _, school in ipairs(self.settings.schools) do
    local known, why, machine = self.store:school_id(school.key)
    if machine then problem.check(nil, why, machine) end
    if not known then check_new_school(self, school) end
    problem.check(self.store:put_school { key = school.key, name = school.name, phase = school.phase,
      la = school.la, was = school.was })
  end
  self.road_maps:check_codes(problem.check(self.store:codes()))
  problem.check(self.store:add_codes(self.declared_codes))
  if self.is_later and self.store:is_locked() then
    problem.check(self.store:commit())
    problem.check(self.store:begin(true))
  end
end

-- From here on nobody else writes: for what `work` of workspace:change does outside the database.
function workspace:lock() problem.check(self.store:lock()) end

local function drop_left_out(report)
  if type(report) ~= "table" then return end
  if report.left_out_path then os.remove(report.left_out_path) end
  for _, each in ipairs(report) do drop_left_out(each) end
end

-- What `ask` answers: a question to a plugin, or a page to be rendered, of which `text` says all that the answer hangs
-- on; `ask` reads nothing of the database. Nobody is waited for with the lock: where that is needed then, what was
-- changed is undone, the question asked, and all of it done again.
function workspace:answer(text, ask)
  if not self.answers then return ask() end
  local key = core.system.sha256(text)
  if not self.answers[key] and self.defers and self.store:is_locked() then
    self.question = { key = key, ask = ask }
    error(self.question, 0)
  end
  self.answers[key] = self.answers[key] or table.pack(ask())
  return table.unpack(self.answers[key], 1, self.answers[key].n)
end

-- What `work` asks is asked before the lock is there. It can change nothing, and what it raises for that or for another
-- cause comes again where it is done.
function workspace:rehearse(work)
  if not self.defers or self.store:is_locked() then return end
  problem.check(self.store:refuse_changes(true))
  local ok, raised = pcall(work)
  problem.check(self.store:refuse_changes(false))
  if not ok and not problem.is(raised) then error(raised, 0) end
end

-- Run `work` in one transaction. -> whether it is done, what came of it, whether it has to be done again
local function attempt(self, dry_run, work, later, defers)
  problem.check(self.store:begin(later))
  self.is_dry, self.is_later, self.defers = dry_run, later and not dry_run, defers
  local ok, result = pcall(function()
    local answer = work()
    for key, body in next, self.fresh_declarations do declarations.put(self.store, key, body, self.now) end
    return answer
  end)
  self.is_dry, self.is_later, self.defers = nil, nil, nil
  local is_stale = self.store:is_stale()
  if ok and not dry_run and not is_stale then
    core.system.hold(true) -- Ctrl-C: it is done, or it is not
    local committed, message, machine = self.store:commit()
    if not committed then
      drop_left_out(result)
      ok, result = pcall(problem.check, committed, message, machine)
    end
    self.is_changed = self.is_changed or committed
    core.system.hold(false)
  elseif ok and is_stale then
    drop_left_out(result)
  end
  if not ok or dry_run or is_stale then self.store:rollback() end
  return ok, result, is_stale
end

local most_looks, most_questions = 3, 100

-- Run `work` in the one transaction of a command; in a dry run all of it is
-- undone again. Whatever is raised undoes it too; so does a commit that fails, and
-- with it goes the file of rows left out that a report names.
--
-- With `later`, for work that takes its time before it changes anything (workers, PDFs): others may
-- write until it does. When they did, it is done again from the start, and the third time with
-- the lock; and again for each question (workspace:answer) that came up with the lock. So it must give the same when it
-- is done twice.
function workspace:change(dry_run, work, later)
  local look, questions = 1, 0
  self.answers = later and {} or nil
  local ok, result, is_stale = attempt(self, dry_run, work, later, later)
  while self.question or later and is_stale and look < most_looks do
    local question = self.question
    self.question = nil
    if question then
      questions = questions + 1
      self.answers[question.key] = table.pack(question.ask())
    else
      look = look + 1
      problem.check(self.store:begin()) -- wait for who is writing
      self.store:rollback()
    end
    local defers = questions < most_questions
    ok, result, is_stale = attempt(self, dry_run, work, defers and look < most_looks, defers)
  end
  if not ok then error(result, 0) end
  return result
end

-- Looking ---------------------------------------------------------------------------

function workspace:codes()
  if not self.codes_set then self.codes_set = core.codes(self.store:codes()) end
  return self.codes_set
end

-- The login of who runs a command, or nil; where several run it as one account, by sudo, their own.
function workspace.login() return os.getenv "SUDO_USER" or os.getenv "LOGNAME" or os.getenv "USER" end

-- Who records, when a command does not say so: whom the settings name, else the login; nil of a machine's own.
function workspace:recorder()
  local by, login = self.settings.by, self.login()
  if type(by) == "string" then return by end
  return by and login and by[login] or login ~= "root" and login ~= "" and login or nil
end

function workspace:today() return core.system.local_text(self.now):sub(1, 10) end

function workspace:as_of()
  local last, today = registers.last_day(self.store), self:today()
  return last and last < today and last or today
end

function workspace:school_id(text) return problem.check(self.store:school_id(text)) end

-- Its schools, in the order of their rows: { id, key, name, phase, la, pupils, reach }.
function workspace:schools() return problem.check(self.store:schools()) end

-- Pupils: see waymark.workspace.pupils.
workspace.filter, workspace.each_pupil, workspace.pupils = pupils.filter, pupils.each_pupil, pupils.each
workspace.one_pupil = pupils.one_pupil
workspace.find_pupil, workspace.find_pupils = pupils.find_pupil, pupils.find_pupils
workspace.every_field = pupils.every_field

return workspace
