-- waymark not-now: put a suggestion off, and why. A new concern raises it again.

local cases = require "waymark.cases"
local casework = require "waymark.commands.casework"

local command = {
  name = "not-now",
  summary = "Put a suggestion off, with the reason; a new concern raises it again.",
  example = 'waymark not-now "Ada Byron" early-help --reason illness --note "In hospital until June."',
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
    return cases.put_off(space, pupil, arguments.step, given)
  end)
  casework.say(arguments, pupil, title .. ", not now", id, ended, "put off")
end

return command
