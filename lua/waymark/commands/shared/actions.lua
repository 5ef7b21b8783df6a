-- commands/shared/actions: what `import actions` prints: the rows of a filled list that were
-- recorded, those that were known, and those that could not be taken.

local actions = require "waymark.intake.actions"
local core = require "waymark.core"
local terminal = require "waymark.base.terminal"
local words = require "waymark.base.words"

local command = {}

local shown_most = 60

local function print_recorded(report, dry_run)
  for i, each in ipairs(report.recorded) do
    if i > shown_most then
      print(("  … and %d more"):format(#report.recorded - shown_most))
      break
    end
    print(("  line %d: %s, %s: %s, %s%s"):format(each.line, core.escape(each.name), each.title, each.what,
      core.date.short(each.on), dry_run and "" or (" (entry %d)"):format(each.entry)))
  end
end

local function print_groups(groups)
  for _, group in ipairs(groups) do
    print(terminal.paint("yellow", ("%s (%d)"):format(group.sentence, group.count)))
    for _, each in ipairs(group.examples) do print(("  line %d: %s"):format(each.line, core.escape(each.words))) end
  end
end

local function print_left_out(report)
  print_groups(report.warnings)
  if #report.ignored > 0 then print("Columns not used: " .. core.escape(table.concat(report.ignored, ", "))) end
  print_groups(report.reasons)
  if report.left_out_path then print("The rows left out are in " .. report.left_out_path) end
end

-- The report of actions.import, for people; `file`: as sources.open lists it.
function command.print(report, file, arguments)
  print(terminal.paint("bold", arguments.dry_run and "Would take in actions" or "Took in actions"))
  print(("%s, %s, %s"):format(core.escape(file.shown), report.encoding, words.count(report.rows, "row")))
  for _, row in ipairs { { report.added, "recorded" }, { report.unchanged, "recorded before" },
    { report.empty, "not filled in" }, { report.left_out, "left out" } } do
    print(("%12s  %s"):format(words.number(row[1]), row[2]))
  end
  print_recorded(report, arguments.dry_run)
  print_left_out(report)
  if arguments.dry_run then print "This was a dry run: nothing was recorded." end
end

-- Take in the file of an `import actions`. -> report; inside a transaction.
function command.take(space, arguments)
  space:load_plugins()
  return actions.import(space, arguments.file, { by = arguments.by, dry_run = arguments.dry_run,
    strict = arguments.strict, left_out_dir = arguments.folder .. "/left-out" })
end

return command
