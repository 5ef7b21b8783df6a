-- waymark plugin diff: what a local plugin changes of the one that it extends.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local diff = require "waymark.author.diff"
local plugin_common = require "waymark.commands.shared.plugin"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"

local command = { summary = "What a plugin changes of the one that it extends, in words.",
  example = "waymark plugin diff local" }

function command.options(parser)
  parser:argument("name", "The plugin that extends another.")
  common.format(parser)
end

local columns = { { name = "about" }, { name = "what" } }

local function side(name, options, context)
  local set = plugins.load_set(name, context)
  return { name = name, manifest = plugins.manifest(set.by_name[name], context.cache),
    declared = plugins.declare(set, options, context), chain = plugins.chain(set, name) }
end

local function print_lines(own, parent, lines)
  print(terminal.paint("bold", ("What %s %s changes of %s %s"):format(own.name, own.manifest.version, parent.name,
    parent.manifest.version)))
  local about
  for _, line in ipairs(lines) do
    if line.about ~= about then print(core.escape(line.about)) end
    about = line.about
    print("  " .. core.escape(line.what))
  end
  if #lines == 0 then print "Nothing that it declares differs." end
end

function command.run(arguments)
  local context, space = plugin_common.context(arguments)
  local options = plugin_common.options(space)
  local own = side(arguments.name, options, context)
  if not own.manifest.extends then
    problem.raise("%s extends no other plugin, so there is nothing to compare; see: waymark plugin info %s",
      arguments.name, arguments.name)
  end
  local parent = side(own.manifest.extends, options, context)
  local lines = diff.lines(parent, own)
  if arguments.format == "table" then
    print_lines(own, parent, lines)
  else
    plugin_common.write(arguments.format, columns, lines)
  end
  if space then space:close() end
end

return command
