-- waymark check: is everything in the workspace as it was recorded?

local common = require "waymark.commands.common"
local problem = require "waymark.problem"
local terminal = require "waymark.terminal"

local command = {
  name = "check",
  summary = "Is everything in the workspace as it was recorded?",
  example = "waymark check",
}

function command.options() end

function command.run(arguments)
  local space = common.open(arguments, "read")
  local findings = problem.check(space.store:check())
  space:close()
  if #findings == 0 then
    print(terminal.paint("green", "Everything is as it was recorded."))
    return 0
  end
  for _, finding in ipairs(findings) do io.stderr:write("waymark: ", finding, "\n") end
  problem.raise("%s; restore a backup, or ask for help with these lines", terminal.count(#findings, "finding"))
end

return command
