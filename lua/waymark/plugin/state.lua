-- plugin/state: plugins that keep failing are switched off, with the reason, until a
-- person has looked.
--
-- A plugin fails as a whole when a limit stops it, when it is killed, when its answer
-- is malformed or when it fails twenty times. Each such run is kept; after `most` of
-- them in a row the plugin is switched off: the road map it brings suggests nothing, a
-- hook plugin is told nothing (and keeps its place). What it declares stays in use. One
-- run that works, or `waymark plugin enable NAME`, and the count begins anew.

local plugin_states = require "waymark.store.plugin_states"

local state = {}

state.most = 3

-- How each plugin stands: { [name] = { failures = in a row, off = nil | { at, why } } }.
function state.all(space)
  local all = {}
  for _, row in ipairs(plugin_states.list(space.store)) do
    local now = all[row.plugin] or { failures = 0 }
    all[row.plugin] = now
    if row.state == "failed" then now.failures, now.why = now.failures + 1, row.why end
    if row.state == "off" then now.off = { at = row.at, why = row.why } end
    if row.state == "on" then now.failures, now.off = 0, nil end
  end
  return all
end

local function add(space, name, what, why, by)
  plugin_states.add(space.store, space.now, name, what, why, by)
end

-- A plugin failed as a whole in a run that is recorded.
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

-- A person switches it on again. -> whether it was off
function state.enable(space, name, by)
  local now = state.all(space)[name]
  if not now or not now.off then return false end
  add(space, name, "on", "switched on", by)
  return true
end

local function words(name, now)
  return ("the plugin %s is switched off since %s, because it failed %d times in a row (%s); when it is mended: "
    .. "waymark plugin enable %s"):format(name, now.off.at:sub(1, 10), now.failures, now.off.why or "no reason given",
    name)
end

-- What is said of a plugin that is off; nil of one that is not.
function state.why_off(space, name)
  local now = state.all(space)[name]
  return now and now.off and words(name, now)
end

-- What is said of every plugin that is off, or failed as a whole the last time, by name.
function state.all_off(space)
  local list = {}
  for name, now in next, state.all(space) do
    if now.off then
      list[#list + 1] = words(name, now)
    elseif now.failures > 0 then
      list[#list + 1] = ("the plugin %s failed in the last %s (%s); after %d in a row it is switched off"):format(name,
        now.failures == 1 and "run" or now.failures .. " runs", now.why or "no reason given", state.most)
    end
  end
  table.sort(list)
  return list
end

return state
