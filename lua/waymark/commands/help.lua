-- waymark help: the manual of what plugins, scripts and settings can use.

local core = require "waymark.core"
local problem = require "waymark.base.problem"

local command = {
  name = "help",
  summary = "The manual of what plugins, scripts and settings can use.",
  example = "waymark help pupil:rolling",
}

function command.options(parser)
  parser:argument("name", "A subject, a name in it, or a step of the road map (else: the subjects)."):args "?"
  parser:option("--format", "How to print it."):choices { "table", "json" }:default "table"
end

-- A step of a road map of the workspace, if there is one here.
local function of_step(arguments, width)
  local files = require "waymark.base.files"
  if not files.exists(arguments.folder .. "/waymark.db") then return nil end
  local manual_step = require "waymark.manual.step"
  local titles = require "waymark.plugin.titles"
  local space = require("waymark.commands.shared.common").open(arguments, "read"):load_plugins(true)
  local lines
  for _, map in ipairs(space.maps) do
    local steps = map.declared and map.declared.steps_by_name or {}
    local name = titles.find(arguments.name, titles.of(steps))
    lines = lines or name and manual_step.lines(steps[name], width)
  end
  space:close()
  return lines
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
  lines = lines or arguments.name and of_step(arguments, width)
  if not lines then problem.raise("%s", message) end
  print(table.concat(lines, "\n"))
end

return command
