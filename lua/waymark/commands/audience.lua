-- waymark audience: who may read entries of a case, otherwise than was said when they were
-- recorded. What was recorded stays as it is; who changed this when, and why, stays too.

local cases = require "waymark.case"
local casework = require "waymark.commands.shared.casework"
local common = require "waymark.commands.shared.common"
local core = require "waymark.core"

local command = {
  name = "audience",
  summary = "Change who may read an entry: staff, a referral, the family, or one parent.",
  example = 'waymark audience "Ada Byron" 12 14 --for family --parent mother --why "She was there."',
}

function command.options(parser)
  casework.who(parser)
  parser:argument("entries", "The numbers of the entries (see: waymark chronology)."):args "+"
    :convert(common.number "ENTRY")
  parser:option("--for", "Who may read them from now on."):choices(cases.audiences):target("audience"):count(1)
  parser:option("--parent", "Of family or referral: the parent who may; may be repeated. Else with whom it was done.")
    :argname "CONTACT":count "*"
  parser:option("--why", "Why."):argname "TEXT"
  common.by(parser)
  common.dry_run(parser)
end

local for_whom = { staff = "staff only", referral = "a referral", family = "the family" }

function command.run(arguments)
  return casework.change(arguments, function(space, pupil, given)
    given.parents = arguments.parent
    local titles = cases.set_audience(space, pupil, arguments.entries, given)
    return function()
      for i, id in ipairs(arguments.entries) do
        print(("%s %d of %s (%s) is for %s."):format(arguments.dry_run and "Would be changed: entry" or "Entry", id,
          core.escape(pupil.name), core.escape(titles[i]), for_whom[arguments.audience]))
      end
    end
  end)
end

return command
