-- waymark import --undo N: take back what an import changed.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local problem = require "waymark.base.problem"
local undo = require "waymark.intake.undo"
local words = require "waymark.base.words"

local command = {}

local function print_report(report, dry_run)
  local import, would = report.import, dry_run and "would be" or "were"
  print(("%s %s"):format(dry_run and "Would undo" or "Undid", undo.name(import)))
  if import.kind == "marks" then
    print(("%s %s taken out, and %s put back"):format(words.count(report.set, "mark"),
      report.set == 1 and not dry_run and "was" or would, words.number(report.changed)))
  else
    print(("%s put back or taken out: people, schools and calendars are as before"):format(
      words.count(report.rows, "row")))
  end
  if report.lapsed > 0 then
    print(("%s of children who came by it lapsed"):format(words.count(report.lapsed, "suggestion")))
  end
  if report.run then
    print(("suggest has run since: run it again, or withdraw that run: waymark suggest --undo %d"):format(
      report.run.id))
  end
  if dry_run then print "This was a dry run: nothing was changed." end
end

-- arguments: undo = the number, by, dry_run, format
function command.run(arguments)
  local space = common.open(arguments, "write")
  local report = space:change(arguments.dry_run, function()
    space:settle(true)
    return undo.run(space, arguments.undo, arguments.by)
  end)
  space:close()
  if arguments.format == "json" then
    print(problem.check(core.encode({ import = report.import.id, undo = not arguments.dry_run and report.undo or nil,
      set = report.set, changed = report.changed, rows = report.rows, lapsed = report.lapsed,
      run = report.run and report.run.id or nil }, 2)))
  else
    print_report(report, arguments.dry_run)
  end
  return 0
end

return command
