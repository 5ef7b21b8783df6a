-- waymark plugin enable: a plugin that was switched off because it kept failing, or that has
-- such steps, is switched on again, by a person who has looked.

local common = require "waymark.commands.shared.common"
local plugin_state = require "waymark.plugin.state"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local check = require("waymark.core").sdk "check"

local command = { summary = "Switch a plugin and its steps on again that were switched off because they kept failing.",
  example = "waymark plugin enable local --by \"Sam Reed\"" }

function command.options(parser)
  parser:argument("name", "The plugin.")
  common.by(parser)
  common.dry_run(parser)
end

-- A plugin that was taken away may still stand as switched off.
local function check_name(space, name)
  local known = {}
  for failing in next, plugin_state.all(space) do known[failing:match "^[^/]+"] = {} end
  for _, plugin in ipairs(plugins.available(space.folder)) do known[plugin.name] = {} end
  if known[name] then return end
  space:close()
  problem.raise('there is no plugin "%s"%s; look at: waymark plugin list', name,
    check.did_you_mean(name, check.names(known)))
end

function command.run(arguments)
  local space = common.open(arguments, "write")
  check_name(space, arguments.name)
  local was_off
  space:change(arguments.dry_run, function()
    was_off = plugin_state.enable(space, arguments.name, arguments.by)
  end)
  space:close()
  if not was_off then
    print(("%s is not switched off; nothing to do."):format(arguments.name))
  elseif arguments.dry_run then
    print(("Would switch %s on again."):format(arguments.name))
  else
    print(("%s is switched on again."):format(arguments.name))
  end
end

return command
