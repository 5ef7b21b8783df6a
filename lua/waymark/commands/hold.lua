-- waymark hold: nothing is sent for a pupil until a day, and who to ask first.

local cases = require "waymark.case"
local casework = require "waymark.commands.shared.casework"
local core = require "waymark.core"
local people = require "waymark.case.people"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"

local command = {
  name = "hold",
  summary = "Send nothing for a pupil until a day; it shows on every list.",
  example = 'waymark hold "Ada Byron" --until 2026-04-30 --ask "the safeguarding lead"',
}

function command.options(parser)
  casework.who(parser)
  parser:option("--until", "The last day of the hold (yesterday ends one)."):argname "DATE"
  parser:option("--ask", "Who to ask first."):argname "NAME"
  casework.options(parser)
end

function command.run(arguments)
  casework.trim(arguments)
  if not arguments["until"] or not arguments.ask then
    problem.raise "a hold needs both --until DATE and --ask NAME"
  end
  return casework.change(arguments, function(space, pupil, given)
    local id = cases.hold(space, pupil, given)
    local is_over = given["until"] < space:today()
    local words = is_over and "no longer on hold, since " .. core.date.english(given["until"])
      or ("on hold until %s; ask %s first"):format(core.date.english(given["until"]), core.escape(given.ask))
    return function()
      casework.say(arguments, pupil, words, id)
      if is_over then return end
      local holds = cases.holds(space, space:today())
      for _, child in ipairs(people.siblings(space, pupil, space:today())) do
        if not holds[child.pupil] then
          terminal.warn("%s (%s) has the same family, and no hold: if it is for them too, say so",
            core.escape(child.name), core.escape(child.form or "no form"))
        end
      end
    end
  end)
end

return command
