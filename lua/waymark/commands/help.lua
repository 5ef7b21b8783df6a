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

-- As JSON the entries of the API; what is none of them (a right, an event, a step) is one text.
function command.run(arguments)
  local manual = require "waymark.manual"
  local name, is_json = arguments.name, arguments.format == "json"
  local list = is_json and manual.found(name)
  if not list then
    local width = is_json and 100 or math.min(core.system.width(), 100)
    local lines, message
    if name then lines, message = manual.about(name, width) else lines = manual.subjects(width) end
    lines = lines or name and of_step(arguments, width)
    if not lines then problem.raise("%s", message) end
    local text = table.concat(lines, "\n")
    if not is_json then return print(text) end
    list = core.array { { name = name, kind = "topic", text = text } }
  end
  print(core.encode(list))
end

return command
