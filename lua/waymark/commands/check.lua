-- waymark check: is everything in the workspace as it was recorded?

local cases = require "waymark.case"
local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local files = require "waymark.base.files"
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

-- The files that were kept with entries are there, with the bytes they had.
local function add_files(space, findings)
  for _, entry in ipairs(cases.entries(space, { kind = "entry.attached" })) do
    local file = entry.file
    local text = file and files.read(space.folder .. "/" .. file.path)
    if file and not text then
      findings[#findings + 1] = ("%s, kept with entry %d, is not there"):format(file.path, entry.id)
    elseif file and core.system.sha256(text) ~= file.digest then
      findings[#findings + 1] = ("%s, kept with entry %d, is not what was kept"):format(file.path, entry.id)
    end
  end
end

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
  local findings = problem.check(space.store:check())
  add_files(space, findings)
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
