-- waymark plugin: what can be used here, and what plugin authors need. Each command
-- is a module plugin_NAME: { summary, example, options(parser), run(arguments) }.

local common = require "waymark.commands.shared.common"
local plugin_common = require "waymark.commands.shared.plugin"
local plugin_state = require "waymark.plugin.state"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"
local check = require("waymark.core").sdk "check"

local command = {
  name = "plugin",
  summary = "List plugins, say what one does, and write, check, test and compare them.",
  example = "waymark plugin info essex",
}

-- list ---------------------------------------------------------------------------

local list = { summary = "The plugins that can be used here.", example = "waymark plugin list",
  options = common.format }

local columns = { { title = "plugin", name = "plugin" }, { title = "version", name = "version" },
  { title = "from", name = "from" }, { title = "used", name = "used" },
  { title = "what it is", name = "title", most = 100 } }

-- "yes", "through essex", "off" or ""; with steps that are off "yes, without visit".
local function used_words(space, name, context)
  if not space then return "" end
  if plugin_state.why_off(space, name) then return "off" end
  local through, seen, off = {}, {}, table.concat(plugin_state.steps_off(space, name), ", ")
  local without = off ~= "" and ", without " .. off or ""
  for _, use in ipairs(space.settings.all_uses) do
    if use.name == name then return "yes" .. without end
    local ok, set = pcall(plugins.load_set, use.name, context)
    if ok and set.by_name[name] and not seen[use.name] then through[#through + 1] = use.name end
    seen[use.name] = true
  end
  return #through > 0 and "through " .. table.concat(through, ", ") .. without or ""
end

-- What waymark.lua uses, and is not there.
local function warn_of_missing(space, available)
  local names, said = {}, {}
  for i, plugin in ipairs(available) do names[i], said[plugin.name] = plugin.name, true end
  for _, use in ipairs(space.settings.all_uses) do
    if not said[use.name] then
      terminal.warn('waymark.lua uses "%s", and there is no such plugin%s', use.name,
        check.did_you_mean(use.name, names))
    end
    said[use.name] = true
  end
end

function list.run(arguments)
  local context, space = plugin_common.context(arguments)
  local rows, available = {}, plugins.available(arguments.folder)
  for i, plugin in ipairs(available) do
    local set_ok, set = pcall(plugins.load_set, plugin.name, context)
    local manifest = set_ok and plugins.manifest(set.by_name[plugin.name])
    rows[i] = { plugin = plugin.name, version = manifest and manifest.version or "?",
      from = plugin.own and "this workspace" or "ships with Waymark", used = used_words(space, plugin.name, context),
      title = manifest and (manifest.title or "") or problem.is(set) and set.message or "cannot be read" }
  end
  plugin_common.write(arguments.format, columns, rows)
  for _, why in ipairs(space and plugin_state.failing(space) or {}) do terminal.warn("%s", why) end
  if space then
    warn_of_missing(space, available)
    space:close()
  end
end

-- All --------------------------------------------------------------------------------

local order = { "list", "info", "options", "diff", "new", "check", "test", "try", "enable", "jail" }
local actions = { list = list }
for _, name in ipairs(order) do
  actions[name] = actions[name] or require("waymark.commands.plugin." .. name)
end

function command.options(parser, add_common)
  parser:command_target "action"
  for _, name in ipairs(order) do
    local action = actions[name]
    local sub = parser:command(name, action.summary):epilog("Example:\n  " .. action.example)
    action.options(sub)
    add_common(sub)
  end
end

function command.run(arguments) return actions[arguments.action].run(arguments) end

return command
