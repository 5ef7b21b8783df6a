-- waymark update: one Friday in one command.

local common = require "waymark.commands.shared.common"
local files = require "waymark.base.files"
local hooks = require "waymark.mail.hooks"
local intake = require "waymark.commands.shared.intake"
local problem = require "waymark.base.problem"
local suggest = require "waymark.suggest"
local terminal = require "waymark.base.terminal"
local words = require "waymark.base.words"
local update = require "waymark.intake.update"

local command = {
  name = "update",
  summary = "Take in what lies in a folder, look at every pupil, write the lists.",
  example = "waymark update inbox -o lists",
  see = "start.md: the Friday",
  is_in_parts = true,
}

function command.options(parser)
  parser:argument("inbox", "The folder with the files.")
  parser:option("-o --output", "Where lists and the report go (else: lists in the workspace)."):argname "FOLDER"
  parser:option("--dates", "How 2/3/2026 is meant in files that leave it open: day-first or month-first."):choices {
    "day-first", "month-first" }
  common.by(parser)
  common.dry_run(parser)
end

-- Look at every pupil and record it, as `waymark suggest` does; in a dry run inside the
-- transaction that is there, and no hook is told.
local function look(space, dry_run)
  local filter, run, why_not, later = space:filter {}, nil, nil, nil
  local function work()
    space:settle(true)
    why_not, later = suggest.only_looks(space, filter)
    run = suggest.run(space, filter, { record = not why_not })
    return why_not == nil
  end
  local report = { failures = {}, effects = {} }
  if dry_run then work() else report = select(2, hooks.change(space, false, work, true)) end
  local lines = { why_not and "Suggestions: nothing is recorded: " .. why_not
    or ("Suggestions: %s, %s lapsed"):format(words.count(run.made, "new one"),
      words.number(run.lapsed.count)) }
  local said = hooks.words(report, false)
  if said then lines[#lines + 1] = said end
  terminal.warn_of_failures(run.failures)
  for _, each in ipairs(run.failures) do lines[#lines + 1] = "  " .. terminal.failure_words(each) end
  return { lines = lines, failed = #run.failures > 0 or later ~= nil or hooks.say(report) ~= 0 }
end

function command.run(arguments)
  if not files.is_folder(arguments.inbox) then
    problem.raise("%s is no folder; give the folder into which the files are put", arguments.inbox)
  end
  if files.exists(arguments.inbox .. "/waymark.lua") or files.exists(arguments.inbox .. "/waymark.db") then
    problem.raise("%s is the folder of a workspace; give the folder into which the files are put", arguments.inbox)
  end
  local space = common.open(arguments, "write")
  local given = arguments.dates and { reading = { dates = arguments.dates } }
  local progress, finish = terminal.progress "Taking in"
  local report = (arguments.dry_run and update.dry_run or update.run)(space, {
    inbox = arguments.inbox, out = arguments.output or arguments.folder .. "/lists", progress = progress,
    take = function(_, file)
      return intake.take(space, { kind = file.kind, file = file.path, by = arguments.by, folder = arguments.folder,
        given = given })
    end,
    suggest = function(opened) return look(opened, arguments.dry_run) end,
  })
  finish()
  space:close()
  for _, line in ipairs(report.lines) do print(line) end
  if report.path then print("This report is in " .. report.path) end
  return report.left_out and 3 or 0
end

return command
