-- waymark bypass: a step that will not be done for a pupil, and why.

local cases = require "waymark.cases"
local casework = require "waymark.commands.casework"

local command = {
  name = "bypass",
  summary = "Leave a step out for a pupil, with the reason.",
  example = 'waymark bypass "Ada Byron" declining-attendance-meeting --reason support-in-place',
}

function command.options(parser)
  casework.who(parser)
  parser:argument("step", "A step of the road map.")
  parser:option("--reason", "The reason, from the road map's short list."):argname "CODE"
  casework.options(parser)
end

function command.run(arguments)
  local title
  local pupil, id, ended = casework.change(arguments, function(space, pupil, given)
    title = cases.step(space:map_for_school(pupil.school), arguments.step).title
    return cases.bypass(space, pupil, arguments.step, given)
  end)
  casework.say(arguments, pupil, title .. ", left out", id, ended, "bypassed")
end

return command
