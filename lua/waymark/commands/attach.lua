-- waymark attach: keep a copy of a file (a signed contract, the letter that was sent)
-- with a case.

local cases = require "waymark.case"
local casework = require "waymark.commands.shared.casework"
local core = require "waymark.core"

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
  casework.of(parser, "The entry that it belongs to: of sent the document that was made (else the letters made "
    .. "last), of signed the plan.")
  casework.options(parser)
end

function command.run(arguments)
  return casework.change(arguments, function(space, pupil, given)
    local kind, says = arguments.as or "document", {}
    local function attach(of, what)
      given.of = of
      local id, kept = cases.attach(space, pupil, arguments.file, kind, given, arguments.dry_run)
      says[#says + 1] = function() casework.say(arguments, pupil, ("%s, kept as %s"):format(what, kept), id) end
    end
    if kind == "sent" and not arguments.file and not given.of then
      for _, made in ipairs(cases.made_last(space, pupil)) do
        local parent = made.fields.parent
        attach(made.id, core.escape(made.title .. (parent and " to " .. parent or "")) .. ", sent")
      end
    else
      attach(given.of, kind)
    end
    return function()
      for _, say in ipairs(says) do say() end
    end
  end)
end

return command
