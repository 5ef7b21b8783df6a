-- waymark not-now: put a suggestion off, and why. A new concern raises it again.

local cases = require "waymark.case"
local casework = require "waymark.commands.shared.casework"

return casework.set_aside {
  name = "not-now",
  summary = "Put a suggestion off, with the reason; a new concern raises it again.",
  example = 'waymark not-now "Ada Byron" early-help --reason illness --note "In hospital until June."',
  record = cases.put_off,
  tail = ", not now",
  word = "put off",
}
