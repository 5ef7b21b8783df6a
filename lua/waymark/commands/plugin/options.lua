-- waymark plugin options: the numbers of a plugin that can be set, and what they are now.

local common = require "waymark.commands.shared.common"
local plugin_common = require "waymark.commands.shared.plugin"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"

local options = { summary = "What of a plugin can be set, and what it is now.",
  example = "waymark plugin options essex --format csv" }

function options.options(parser)
  parser:argument("name", "The plugin.")
  parser:flag("--own", "Only those that it declares itself, without those of the plugins that it extends.")
  common.format(parser)
end

local columns = { { title = "option", name = "option" }, { title = "type", name = "type" },
  { title = "now", name = "now" }, { title = "default", name = "default" }, { title = "range", name = "range" },
  { title = "what it does", name = "help", most = 120 },
  { title = "from plugin", name = "plugin" } }

-- Of a table to read, where they come from stands only when that is not the same of all.
local function columns_for(format, rows, name)
  local list = { table.unpack(columns) }
  for _, row in ipairs(rows) do
    if row.plugin ~= name or format ~= "table" then return list end
  end
  list[#list] = nil
  return list
end

local function own_rows(rows, name)
  local list = {}
  for _, row in ipairs(rows) do
    if row.plugin == name then list[#list + 1] = row end
  end
  return list
end

-- What a problem stops is left out, and said: options are looked up just when something is wrong.
local function attempt(fn, ...)
  local ok, value = pcall(fn, ...)
  if ok then return value end
  if not problem.is(value) then error(value, 0) end
  terminal.warn_once(tostring(value))
end

-- The set that a school runs, for a plugin in use that extends this one may configure it; and what it
-- declares. Without what is broken; nil when nothing of it can be loaded.
local function in_force(own, name, space, context)
  local sets = { own }
  for _, use in ipairs(space and space.settings.all_uses or {}) do
    local set = attempt(plugins.load_set, use.name, context)
    if set and set.by_name[name] and #set.list > #sets[#sets].list then sets[#sets + 1] = set end
  end
  for i = #sets, 1, -1 do
    local declared = attempt(plugins.declare, sets[i], plugin_common.options(space), context)
    if declared then return sets[i], declared end
  end
end

function options.run(arguments)
  local context, space = plugin_common.context(arguments)
  local own = plugins.load_set(arguments.name, context)
  local set, declared = in_force(own, arguments.name, space, context)
  local rows = plugin_common.option_rows(set or own, declared, arguments.name)
  if arguments.own then rows = own_rows(rows, arguments.name) end
  if #rows == 0 and arguments.format == "table" then
    print(("%s has nothing that can be set."):format(arguments.name))
  else
    plugin_common.write(arguments.format, columns_for(arguments.format, rows, arguments.name), rows)
  end
  if space then space:close() end
  return declared and 0 or 3
end

return options
