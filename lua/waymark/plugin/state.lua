-- plugin/state: plugins and steps that keep failing are switched off, with the reason, until a
-- person has looked.
--
-- What fails as a whole in a run (waymark.ask.evaluate) is a step, or a plugin: one that cannot
-- be loaded in a worker, or whose hook fails. It is known by its name, a step as PLUGIN/STEP.
-- Each such run is kept (waymark.store.plugin_states); after `most` of them in a row it is
-- switched off: of a road map nothing is suggested, a step is left out and the others go on, a
-- hook plugin is told nothing (and keeps its place). What it declares stays in use. One run
-- that works, or `waymark plugin enable PLUGIN`, and the count begins anew. Where this machine starts no
-- worker, or has no processor for it, no plugin has failed.

local core = require "waymark.core"
local plugin_states = require "waymark.store.plugin_states"
local pupils = require "waymark.store.pupils"
local runs = require "waymark.store.runs"
local words = require "waymark.base.words"
local check = core.sdk "check"

local state = {}

state.most = 3

-- The name of a step, or of a plugin.
function state.name(plugin, step) return step and plugin .. "/" .. step or plugin end

-- What was kept as the failure of a plugin before these were known to be the machine's, or the settings':
-- it counts no more, and what it switched off is on.
local not_of_plugins = { "plugins cannot be run safely on this machine", "not JSON: unable to decode byte",
  "killed by the time limit after" }

local function is_of_plugin(why)
  for _, text in ipairs(not_of_plugins) do
    if (why or ""):find(text, 1, true) then return false end
  end
  return true
end

-- How each stands: { [name] = { failures = in a row, off = nil | { at, why }, on = when it was
-- last switched on or worked again } }.
function state.all(space)
  local all = {}
  for _, row in ipairs(plugin_states.list(space.store)) do
    local now = all[row.plugin] or { failures = 0 }
    all[row.plugin] = now
    if row.state == "failed" and is_of_plugin(row.why) then now.failures, now.why = now.failures + 1, row.why end
    if row.state == "off" and is_of_plugin(row.why) then now.off = { at = row.at, why = row.why } end
    if row.state == "on" then now.failures, now.off, now.on = 0, nil, row.at end
  end
  return all
end

local function add(space, name, what, why, by)
  plugin_states.add(space.store, space.now, name, what, why, by)
end

-- It failed as a whole in a run that is recorded.
function state.failed(space, name, why)
  local now = state.all(space)[name]
  add(space, name, "failed", why)
  if (now and now.failures or 0) + 1 >= state.most then add(space, name, "off", why) end
end

-- It did its work: earlier failures are forgotten, but not what was recorded of them.
function state.worked(space, name)
  local now = state.all(space)[name]
  if now and now.failures > 0 and not now.off then add(space, name, "on", "it worked again") end
end

-- A person switches a plugin and its steps on again. -> whether one of them was off
function state.enable(space, plugin, by)
  local all, was_off = state.all(space), false
  for _, name in ipairs(check.names(all)) do
    if all[name].off and name:match "^[^/]+" == plugin then
      add(space, name, "on", "switched on", by)
      was_off = true
    end
  end
  return was_off
end

-- The names of the steps of a plugin that are off.
function state.steps_off(space, plugin)
  local all, list = state.all(space), {}
  for _, name in ipairs(check.names(all)) do
    local of, step = name:match "^([^/]+)/(.+)$"
    if of == plugin and all[name].off then list[#list + 1] = step end
  end
  return list
end

-- Words ------------------------------------------------------------------------------

local function who(name)
  local plugin, step = name:match "^([^/]+)/(.+)$"
  return step and ("the step %s of the plugin %s"):format(step, plugin) or "the plugin " .. name, plugin or name
end

local function off_words(name, now)
  local subject, plugin = who(name)
  return ("%s is switched off since %s, because it failed %d times in a row (%s); when it is mended: "
    .. "waymark plugin enable %s"):format(subject, now.off.at:sub(1, 10), now.failures,
    now.off.why or "no reason given", plugin)
end

local function failed_words(name, now)
  return ("%s failed in the last %s (%s); after %d in a row it is switched off"):format(who(name),
    now.failures == 1 and "run" or now.failures .. " runs", now.why or "no reason given", state.most)
end

-- What is said of a step that is off, or failed as a whole the last time; else nil.
function state.of_step(space, plugin, step)
  local name = state.name(plugin, step)
  local now = state.all(space)[name]
  return now and (now.off and off_words(name, now) or now.failures > 0 and failed_words(name, now)) or nil
end

-- Why a plugin, or a step of it, is off; nil of one that is not.
function state.why_off(space, plugin, step)
  local name = state.name(plugin, step)
  local now = state.all(space)[name]
  return now and now.off and off_words(name, now)
end

-- "the step visit of the plugin local failed for Ben Moss and for 3 more pupils …", of the
-- pupils of whom a step could say nothing in the last run, though it worked for others; nothing
-- of one that was switched on since. `of` as of state.failing.
local function pupils_words(space, all, of)
  local list, groups = {}, {}
  for _, row in ipairs(runs.last_failures(space.store)) do
    local name = state.name(row.plugin, row.step)
    local now = all[name]
    local is_past = now and (now.failures > 0 or now.on and now.on > row.at)
    local is_asked = not of or row.school == of.school and row.enrolment == (of.enrolment or row.enrolment)
    if row.step and row.enrolment and not is_past and is_asked then
      groups[name] = groups[name] or { name = name, n = 0, row = row }
      if groups[name].n == 0 then list[#list + 1] = groups[name] end
      groups[name].n = groups[name].n + 1
    end
  end
  for i, each in ipairs(list) do
    list[i] = ("%s failed for %s%s in the last run (%s)"):format(who(each.name),
      core.escape(pupils.person(space.store, each.row.enrolment).name or "?"), words.and_for(each.n - 1),
      each.row.message)
  end
  return list
end

-- The names of a road map: its plugin's, and those of its steps.
local function names_of(map, names)
  names[map.served or false] = true
  for _, step in ipairs(map.declared and map.declared.steps or {}) do
    names[state.name(step.plugin, step.name)] = true
  end
  return names
end

-- What is said on lists of all that is off, or failed the last time, by name; `of` { map, school =
-- key, enrolment | nil }: of what concerns one school, or one pupil of it, and names nobody else.
function state.failing(space, of)
  local list, all, own, others = {}, state.all(space), of and names_of(of.map, {}), {}
  for _, map in ipairs(of and space.maps or {}) do names_of(map, others) end
  for _, name in ipairs(check.names(all)) do
    local now = all[name]
    local is_asked = not of or own[name] or not others[name] and not of.enrolment -- a hook plugin is everybody's
    if is_asked and (now.off or now.failures > 0) then
      list[#list + 1] = now.off and off_words(name, now) or failed_words(name, now)
    end
  end
  local several = pupils_words(space, all, of)
  return table.move(several, 1, #several, #list + 1, list)
end

return state
