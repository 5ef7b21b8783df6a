-- waymark correct: strike out an entry that was wrong (another child's, say). Who
-- did it when and why stays; the text is gone from every page.

local cases = require "waymark.case"
local casework = require "waymark.commands.shared.casework"
local common = require "waymark.commands.shared.common"
local core = require "waymark.core"

local command = {
  name = "correct",
  summary = "Strike out a wrong entry; its text is gone, that it was there stays.",
  example = 'waymark correct "Ada Byron" 12 --why "It was about another child."',
}

function command.options(parser)
  casework.who(parser)
  parser:argument("entry", "The number of the entry (see: waymark chronology).")
    :convert(common.number "ENTRY")
  parser:option("--why", "Why it was wrong."):argname "TEXT"
  common.by(parser)
  common.dry_run(parser)
end

function command.run(arguments)
  return casework.change(arguments, function(space, pupil, given)
    local id = cases.correct(space, pupil, arguments.entry, given)
    return function()
      if arguments.dry_run then
        print(("Would strike out entry %d of %s."):format(arguments.entry, core.escape(pupil.name)))
      else
        print(("Struck out entry %d of %s (entry %d)."):format(arguments.entry, core.escape(pupil.name), id))
      end
    end
  end)
end

return command
