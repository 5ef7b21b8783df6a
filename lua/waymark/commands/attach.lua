-- waymark attach: keep a copy of a file (a signed contract, the letter that was sent)
-- with a case.

local cases = require "waymark.case"
local casework = require "waymark.commands.shared.casework"

local command = {
  name = "attach",
  summary = "Keep a copy of a file with a pupil's case.",
  example = 'waymark attach "Ada Byron" contract.pdf --as signed --of 12',
}

function command.options(parser)
  casework.who(parser)
  parser:argument("file", "The file; a copy is kept in documents/."):args "?"
  parser:option("--as", "Sent (the version that went out), signed (the signed copy of a plan), or your own word.")
    :argname "KIND"
  casework.of(parser, "The entry that it belongs to: of sent the document that was made, of signed the plan.")
  casework.options(parser)
end

function command.run(arguments)
  local kept
  local pupil, id = casework.change(arguments, function(space, pupil, given)
    local number
    number, kept = cases.attach(space, pupil, arguments.file, arguments.as or "document", given, arguments.dry_run)
    return number
  end)
  casework.say(arguments, pupil, ("%s, kept as %s"):format(arguments.as or "document", kept), id)
end

return command
