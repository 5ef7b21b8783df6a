-- waymark check: is everything in the workspace as it was recorded?

local cases = require "waymark.case"
local common = require "waymark.commands.shared.common"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"
local words = require "waymark.base.words"
local years = require "waymark.workspace.years"

local command = {
  name = "check",
  summary = "Is everything in the workspace as it was recorded?",
  example = "waymark check",
}

function command.options() end

-- What of a calendar is to be looked at again, of every school and year: sentences.
local function calendar_remarks(space)
  local list, bank_holidays = {}, years.bank_holidays(space)
  for _, school in ipairs(space:schools()) do
    local days = problem.check(space.store:days(school.id, "1900-01-01", "2199-12-31"))
    for _, year in ipairs(years.of(days)) do
      for _, remark in ipairs(years.remarks(year, bank_holidays(school.key))) do
        list[#list + 1] = ("the calendar of %s, %s: %s; see: waymark calendar show"):format(school.name, year.name,
          remark)
      end
    end
  end
  return list
end

function command.run(arguments)
  local space = common.open(arguments, "read")
  local findings = cases.findings(space.store, space.folder)
  local to_come = cases.to_come(space)
  if to_come then terminal.warn("%s", to_come) end
  for _, remark in ipairs(calendar_remarks(space)) do terminal.warn("%s", remark) end
  space:close()
  if #findings == 0 then
    print(terminal.paint("green", "Everything is as it was recorded."))
    return 0
  end
  for _, finding in ipairs(findings) do io.stderr:write("waymark: ", finding, "\n") end
  problem.raise("%s; restore a backup, or ask for help with these lines", words.count(#findings, "finding"))
end

return command
