-- waymark bypass: a step that will not be done for a pupil, and why.

local cases = require "waymark.case"
local casework = require "waymark.commands.shared.casework"

return casework.set_aside {
  name = "bypass",
  summary = "Leave a step out for a pupil, with the reason.",
  example = 'waymark bypass "Ada Byron" declining-attendance-meeting --reason support-in-place',
  record = cases.bypass,
  tail = ", left out",
  word = "bypassed",
}
