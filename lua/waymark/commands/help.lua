-- waymark help: the manual of what plugins, scripts and settings can use.

local core = require "waymark.core"
local problem = require "waymark.base.problem"

local command = {
  name = "help",
  summary = "The manual of what plugins, scripts and settings can use.",
  example = "waymark help pupil:rolling",
}

function command.options(parser)
  parser:argument("name", "A subject, or a name in it (the subjects, if you say nothing)."):args "?"
  parser:option("--format", "How to print it."):choices { "table", "json" }:default "table"
end

function command.run(arguments)
  local manual = require "waymark.manual"
  if arguments.format == "json" then
    local list, message = manual.found(arguments.name)
    if not list then problem.raise("%s", message) end
    print(core.encode(list))
    return
  end
  local width = math.min(core.system.width(), 100)
  local lines, message
  if arguments.name then lines, message = manual.about(arguments.name, width) else lines = manual.subjects(width) end
  if not lines then problem.raise("%s", message) end
  print(table.concat(lines, "\n"))
end

return command
