-- kit/calls: how often each step was asked, counted in the worker: by a plugin that is
-- put over the school's road map for one dry run, asks the same steps, and counts.

local core = require "waymark.core"
local files = require "waymark.base.files"
local folder = require "waymark.author.folder"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local host = require "waymark.workspace"

local calls = {}

local name = "kit-count"

local counter = [[
-- How often each step's suggest and gate were called, by its place on the road map.
return { suggest = {}, gate = {} }
]]

local step_text = [[
local counts = require "kit-count.counts"
local base = parent.steps["%s"]
local function counted(kind)
  local ask = base[kind]
  return ask and function(pupil, case)
    counts[kind][%d] = (counts[kind][%d] or 0) + 1
    return ask(pupil, case)
  end
end
return base:with { suggest = counted "suggest", gate = counted "gate", when = base.when }
]]

-- The last step says the counts so far, for every pupil: the last line has them all.
local telling = [[
local counts = require "kit-count.counts"
local always = rate { name = "kit-count", bands = { 100 } }
return step { title = "Count", principle = "monitor", suggest = function(pupil)
  local said = {}
  for at = 1, %d do said[at] = (counts.suggest[at] or 0) .. ":" .. (counts.gate[at] or 0) end
  return pupil:rate(always):because(table.concat(said, " "))
end }
]]

local function write_plugin(dir, map)
  local reads = { '"registers"' }
  for _, grant in ipairs(plugins.granted(map.set)) do
    if grant ~= "registers" then reads[#reads + 1] = ('"%s"'):format(grant) end
  end
  local own = ("%s/plugins/%s/"):format(dir, name)
  problem.check(files.make_folder(own))
  problem.check(files.make_folder(own .. "steps"))
  local function write(path, text) problem.check(files.write(own .. path, text)) end
  write("plugin.lua", ('return { name = "%s", version = "1.0", api = 3, extends = "%s", reads = { %s } }'):format(name,
    map.served, table.concat(reads, ", ")))
  write("init.lua", 'local map = parent.road_map\nmap[#map + 1] = "kit-count"\nreturn { road_map = map }\n')
  write("counts.lua", counter)
  for at, step in ipairs(map.declared.steps) do
    if step.suggests then write(("steps/%s.lua"):format(step.name), step_text:format(step.name, at, at)) end
  end
  write("steps/kit-count.lua", telling:format(#map.declared.steps))
end

local function road_map(dir)
  local space = host.open(dir, "read")
  local ok, map = pcall(function() return space:load_plugins():map_for_school() end)
  space:close()
  if not ok then error(map, 0) end
  if not map.declared then problem.raise "no plugin in use has a road map, so no step is asked" end
  return map
end

local function read_counts(words, steps)
  local found, at = {}, 0
  for suggest, gate in words:gmatch "(%d+):(%d+)" do
    at = at + 1
    local step = steps[at]
    if step.suggests then
      found[step.name] = { suggest = math.tointeger(tonumber(suggest)), gate = math.tointeger(tonumber(gate)) }
    end
  end
  return found
end

local function run_counted(space, map, as_of, now)
  local settings = problem.check(files.read(space.dir .. "/waymark.lua"))
  write_plugin(space.dir, map)
  space:write("waymark.lua", ('%s\nuse "%s"\n'):format(settings, name))
  local result = space:run({ "suggest", "--dry-run", "--as-of", as_of, "--format", "json" }, now)
  space:write("waymark.lua", settings)
  folder.remove(("%s/plugins/%s"):format(space.dir, name))
  return result
end

-- -> { [step] = { suggest = n, gate = n } } for every step that can be suggested
function calls.count(space, as_of, now)
  local map = road_map(space.dir)
  local result = run_counted(space, map, as_of, now)
  local words
  for _, each in ipairs(core.decode(result.out) or {}) do
    if each.step == name then words = each.reason end
  end
  if not words then error("the calls could not be counted: " .. (result.err ~= "" and result.err or "no marks"), 0) end
  return read_counts(words, map.declared.steps)
end

return calls
