-- commands/shared/intake: what `import` and `update` have in common: taking in one file, and the
-- lists of what was left out of it.

local actions_command = require "waymark.commands.shared.actions"
local calendars = require "waymark.intake.calendars"
local core = require "waymark.core"
local doubts = require "waymark.intake.doubts"
local exports = require "waymark.exports"
local files = require "waymark.base.files"
local history = require "waymark.intake.history"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"
local undo = require "waymark.intake.undo"
local words = require "waymark.base.words"

local intake = {}

function intake.print_examples(list, count)
  for _, example in ipairs(list) do
    print(("  %s%s"):format(example.line and ("line %d: "):format(example.line) or "", core.escape(example.words)))
  end
  if #list > 0 and count > #list then print(("  … and %s more"):format(words.number(count - #list))) end
end

function intake.print_groups(groups, colour)
  for _, group in ipairs(groups or {}) do
    print(("%s (%s)"):format(terminal.paint(colour, group.sentence), words.number(group.count)))
    intake.print_examples(group.examples, group.count)
  end
end

function intake.print_left_out(report)
  intake.print_groups(report.reasons, "yellow")
  if report.left_out_path then print("The rows left out are in " .. report.left_out_path) end
end

-- The codes that belong to mornings and to afternoons, as plugins declare them.
local function half_codes(space)
  local found = {}
  for _, code in ipairs(space.declared_codes) do
    if code.half then found[code.half] = code.text end
  end
  return found
end

-- What a person said of UPNs, as the store takes it.
local function listed(list) return list and (table.concat(list, " "):gsub(",", " ")) or nil end

-- A file that was read as well as it could be without a look at all of it.
local function take_as(space, arguments, reading)
  local halves = half_codes(space)
  local progress, finish = terminal.progress("Reading " .. arguments.kind .. (arguments.place or ""))
  local report, message, partial, machine = space.store:import(arguments.kind, arguments.file, {
    at = space.now, by = arguments.by, strict = arguments.strict,
    left_out_dir = not arguments.dry_run and arguments.folder .. "/left-out" or nil, am_code = halves.AM,
    pm_code = halves.PM, progress = progress, reading = reading,
    same = listed(arguments.same), another = listed(arguments.another),
    names_most = arguments.format == "json" and math.maxinteger or nil,
  })
  finish()
  return report, message, partial, machine
end

-- A calendar that others publish: its events are judged, and come in as days.
local function take_events(space, form, arguments)
  return calendars.import(space, form, arguments, function(path)
    local as = setmetatable({ file = path }, { __index = arguments })
    local report, message, partial, machine = take_as(space, as)
    if not report and partial then intake.print_left_out(partial) end
    undo.forget(space)
    return problem.check(report, message, machine)
  end)
end

-- Take in one file: { kind, file, by, strict, dry_run, folder, place = of several, for the progress; given = what
-- is said of how it is to be read (exports); yes = is it the right one whatever is doubtful }. Inside a
-- transaction of the caller, who undoes a dry run. -> report, with what is doubtful (doubts, sentences); raises what
-- could not be done, and, but in a dry run, what is doubtful
function intake.take(space, arguments)
  if arguments.kind == "actions" then return actions_command.take(space, arguments) end
  if arguments.kind == "entries" then
    return history.import(space, arguments.file, { by = arguments.by, strict = arguments.strict,
      dry_run = arguments.dry_run, left_out_dir = arguments.folder .. "/left-out",
      reading = arguments.given and arguments.given.reading })
  end
  local form = arguments.kind == "calendar" and calendars.form(arguments.file)
  if form then return take_events(space, form, arguments) end
  local reading = exports.reading(space, arguments.file, arguments.kind, arguments.given)
  local report, message, partial, machine = take_as(space, arguments, reading)
  local is_looked_at = not report and not machine and reading and partial and partial.left_out == 0
  if is_looked_at and files.kind(arguments.file) then
    local why = select(2, pcall(problem.check, report, message))
    reading = exports.again(space, arguments.file, arguments.kind, arguments.given, why)
    report, message, partial, machine = take_as(space, arguments, reading)
  end
  if not report and partial then intake.print_left_out(partial) end
  problem.check(report, message, machine)
  report.doubts = core.array(not arguments.yes and doubts.of(space, report, arguments.file) or {})
  if #report.doubts > 0 and not arguments.dry_run then
    if report.left_out_path then os.remove(report.left_out_path) end
    problem.raise("nothing of %s was taken in: %s; if it is the right file all the same, import it with --yes",
      core.escape(report.file), table.concat(report.doubts, "; "))
  end
  if arguments.dry_run then report.import = nil end
  undo.forget(space)
  return report
end

-- An import as it is given out; undone: the number of its undo.
function intake.import_item(import)
  return { import = import.id, at = import.at, kind = import.kind, file = import.file, digest = import.digest,
    by = import.by, rows = import.rows, added = import.added, unchanged = import.unchanged, changed = import.changed,
    left_out = import.left_out, undone = import.undo, undoes = import.undoes, first = import.first,
    last = import.last }
end

return intake
