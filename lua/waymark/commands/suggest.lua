-- waymark suggest: every pupil against the road map: the main job.

local chronology = require "waymark.chronology"
local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local evaluate = require "waymark.ask.evaluate"
local hooks = require "waymark.mail.hooks"
local problem = require "waymark.base.problem"
local pupils = require "waymark.store.pupils"
local suggest = require "waymark.suggest"
local terminal = require "waymark.base.terminal"
local trace = require "waymark.suggest.trace"

local command = {
  name = "suggest",
  summary = "What could come next for each pupil, with the evidence.",
  example = "waymark suggest --as-of 2026-03-20 --format json",
}

local shown_usually = 20

function command.options(parser)
  common.as_of(parser)
  common.dry_run(parser)
  common.format(parser)
  parser:option("--first", "Show only so many pupils in a table."):argname "N":convert(common.number "--first")
    :default(tostring(shown_usually))
  parser:flag("--all", "Show every pupil in a table.")
  parser:option("--workers", "At most so many worker processes (one a processor, if you say nothing)."):argname "N"
    :convert(common.number("--workers", 1))
  parser:option("--trace", "Show each step's call for one pupil; nothing is recorded."):argname "WHO"
  parser:flag("--profile", "Show what each step has cost, the slowest first.")
end

-- What is written of each school ----------------------------------------------------
--
-- A writer { begin(), take(school, list), finish(kept), print() }: lines are kept in
-- files of the system until everything is recorded, and printed then.

local function by_pupil_and_road_map(a, b)
  if a[1] ~= b[1] then return a[1] < b[1] end
  return a[2] < b[2]
end

-- Every line in the order of pupils and road map: those of schools whose pupils were
-- imported side by side are put in order by where they stand in the file.
local function print_lines(index, file, separator)
  table.sort(index, by_pupil_and_road_map)
  for i, place in ipairs(index) do
    if i > 1 then io.write(separator) end
    if file:seek() ~= place[3] then file:seek("set", place[3]) end
    io.write(file:read(place[4]))
  end
end

-- `line(finding, person, school)` gives one line.
local function new_writer(space, line)
  local writer, file, index, length = {}, nil, {}, 0
  local kept = { lines = 0, length = 0 }
  function writer.begin() file = file or problem.check(io.tmpfile()) end
  function writer.take(school, list)
    local people = #list > 0 and pupils.of_school(space.store, school.id)
    for _, finding in ipairs(list) do
      local text = line(finding, people[finding.enrolment], school)
      problem.check(file:write(text))
      index[#index + 1] = { finding.enrolment, finding.step.place, length, #text }
      length = length + #text
    end
  end
  function writer.finish(is_kept)
    if is_kept then kept.lines, kept.length = #index, length end
    for i = #index, kept.lines + 1, -1 do index[i] = nil end
    length = kept.length
    file:seek("set", length)
  end
  function writer.count() return #index end
  function writer.all() return true end
  function writer.each(separator)
    print_lines(index, file, separator)
    if file then file:close() end -- there is none without a school
  end
  return writer
end

-- The form that other programs read.
local function item_of(space, finding, person, school, several)
  local evidence = core.array {}
  for i, each in ipairs(evaluate.written(finding)) do
    evidence[i] = { rule = each.rule, from = each.from, to = each.to, count = each.count, of = each.of,
      sessions = each.sessions }
  end
  return { upn = person.upn, step = finding.step.name, plugin = finding.step.plugin,
    version = finding.step.version,
    road_map = space:served_by(space:map_for_school(school.key), finding.step), concern = finding.concern,
    reason = finding.words, evidence = evidence, school = several and school.key or nil }
end

local function json_writer(space, several)
  local writer = new_writer(space, function(finding, person, school)
    return problem.check(core.encode(item_of(space, finding, person, school, several)))
  end)
  function writer.print()
    io.write(writer.count() > 0 and "[\n" or "[")
    writer.each ",\n"
    io.write(writer.count() > 0 and "\n]\n" or "]\n")
  end
  return writer
end

local csv_columns = { "upn", "name", "year", "form", "step", "title", "plugin", "version", "concern", "reason",
  "figures" }

local function csv_writer(space, several)
  local writer = new_writer(space, function(f, person, school)
    local first = evaluate.complete(f).evidence[1]
    local cells = { person.upn or "", person.name or "", person.year or "", person.form or "", f.step.name,
      f.step.title, f.step.plugin, f.step.version, f.concern or "", f.words or "", first and first.words or "" }
    if several then table.insert(cells, 1, school.key) end
    return terminal.csv_line(cells)
  end)
  function writer.print()
    local columns = { table.unpack(csv_columns) }
    if several then table.insert(columns, 1, "school") end
    io.write(terminal.csv_line(columns))
    writer.each ""
  end
  return writer
end

-- For people ---------------------------------------------------------------------

local function print_summary(space, counts)
  local seen = {}
  for _, map in ipairs(space.maps) do
    if map.declared and not seen[map.declared] then
      seen[map.declared] = true
      local rows = {}
      for _, step in ipairs(map.declared.steps) do
        local number = step.scope == "school" and "school" or tostring(counts[step] or 0)
        if not step.further then rows[#rows + 1] = { step.title, step.principle, number } end
      end
      terminal.table({ { title = "step" }, { title = "principle" }, { title = "suggested", right = true } }, rows)
      print ""
    end
  end
end

local function pupil_words(person)
  local words = { person.name or person.upn or "?" }
  if person.form or person.year then words[#words + 1] = person.form or "year " .. person.year end
  return core.escape(table.concat(words, ", "))
end

-- "essex: 10 of 10 half days in 10 school weeks, Mon 8 Sep 2025 to Tue 18 Nov 2025"
function command.evidence_words(each)
  local period = ""
  if each.from and each.to then
    period = each.from == each.to and ", " .. core.date.short(each.from)
      or (", %s to %s"):format(core.date.short(each.from), core.date.short(each.to))
  end
  return ("%s: %s%s"):format(each.rule, each.words, period)
end

local function lines_of(space, finding, is_first)
  local lines = {}
  if is_first then lines[1] = terminal.paint("bold", pupil_words(evaluate.person(space, finding.enrolment))) end
  lines[#lines + 1] = ("  %s: %s"):format(terminal.paint("blue", finding.step.title), finding.words)
  for _, each in ipairs(evaluate.complete(finding).evidence) do
    lines[#lines + 1] = terminal.paint("dim", "      " .. command.evidence_words(each))
  end
  return table.concat(lines, "\n")
end

-- The first pupils, with why; the others are counted.
local function table_writer(space, most)
  local writer, kept, now = {}, { pupils = 0, lines = {} }, nil
  function writer.begin() now = { pupils = kept.pupils, lines = {} } end
  function writer.all() return now.pupils < most end
  function writer.take(_, list, others)
    local last
    now.pupils = now.pupils + others
    for _, finding in ipairs(list) do
      local is_first = finding.enrolment ~= last
      if is_first and not finding.beside then now.pupils = now.pupils + 1 end
      last = finding.enrolment
      if now.pupils <= most then now.lines[#now.lines + 1] = lines_of(space, finding, is_first) end
    end
  end
  function writer.finish(is_kept)
    if not is_kept then return end
    kept.pupils = now.pupils
    table.move(now.lines, 1, #now.lines, #kept.lines + 1, kept.lines)
  end
  function writer.print(filter, run)
    print(terminal.paint("bold", "Suggestions as of " .. core.date.english(filter.as_of)))
    print(terminal.paint("dim", ("%s looked at. These are suggestions: people decide.\n"):format(
      terminal.count(run.pupils, "pupil"))))
    print_summary(space, run.counts)
    for _, line in ipairs(kept.lines) do print(line) end
    if kept.pupils > most then
      print(("\n… and %s more; see them with --all"):format(terminal.count(kept.pupils - most, "pupil")))
    end
    print ""
  end
  return writer
end

local notices = {
  { "met", "new threshold met", "new thresholds met" },
  { "undone", "threshold undone by an amended mark", "thresholds undone by amended marks" },
  { "reviews", "review due", "reviews due" },
  { "exceeded", "notice with more absence than was agreed", "notices with more absence than was agreed" },
  { "changed", "decision whose evidence changed", "decisions whose evidence changed" },
}

local function print_recorded(run, why_not)
  if why_not then
    print(terminal.paint("dim", "Nothing is recorded: " .. why_not .. "."))
    return
  end
  local lapsed, words = run.lapsed, {}
  for _, each in ipairs(notices) do
    local n = run.noticed[each[1]]
    if n > 0 then words[#words + 1] = terminal.count(n, each[2], each[3]) end
  end
  print(("%s, %s lapsed%s."):format(terminal.count(run.made, "new suggestion"), terminal.number(lapsed.count),
    #words > 0 and "; " .. table.concat(words, ", ") or ""))
  for _, each in ipairs(lapsed) do
    print(terminal.paint("dim", ("  lapsed: %s, %s: %s"):format(core.escape(each.name or each.upn or "?"),
      each.title or each.step, chronology.english(each.why))))
  end
  if lapsed.count > #lapsed then print(("  … and %s more"):format(terminal.number(lapsed.count - #lapsed))) end
end

-- Failures go to standard error, so that a list stays a list.
local function report_failures(failures)
  for i, each in ipairs(failures) do
    if i > 10 then
      terminal.warn("… and %d more failures", #failures - 10)
      break
    end
    if each.is_sentence then
      terminal.warn("%s", each.message)
    elseif not each.is_said then -- the command line says what could not be loaded
      terminal.warn_of_failure(each)
    end
  end
end
command.report_failures = report_failures

local function new_output(space, arguments)
  local several = #space.store:schools() > 1
  if arguments.format == "json" then return json_writer(space, several) end
  if arguments.format == "csv" then return csv_writer(space, several) end
  return table_writer(space, arguments.all and math.huge or arguments.first)
end

local function run_trace(arguments)
  if arguments.profile then problem.raise "--trace is of one pupil, --profile of a whole run; give one of them" end
  if arguments.format == "csv" then problem.raise "--trace comes as a table or as json" end
  local space = common.open(arguments, "read"):load_plugins()
  trace.pupil(space, common.filter(space, arguments), arguments.trace, arguments.format)
  space:close()
end

function command.run(arguments)
  if arguments.trace then return run_trace(arguments) end

  local space = common.open(arguments, "write")
  local progress, finish = terminal.progress "Looking at pupils"
  local filter, run, why_not, output
  local _, report = hooks.change(space, arguments.dry_run, function()
    space:settle(true)
    filter = common.filter(space, arguments)
    why_not = suggest.only_looks(space, filter)
    output = new_output(space, arguments)
    run = suggest.run(space, filter, { record = not why_not, workers = arguments.workers, progress = progress,
      profile = arguments.profile,
      begin = output.begin, take = output.take, finish = output.finish, all = output.all })
    return why_not == nil
  end)
  finish()
  output.print(filter, run)
  if arguments.format == "table" then
    print_recorded(run, why_not)
    local asked = hooks.words(report, arguments.dry_run)
    if asked then print(asked) end
    if arguments.dry_run then print "This was a dry run: nothing was recorded." end
  elseif why_not then
    terminal.warn("nothing is recorded: %s", why_not)
  end
  if arguments.profile then trace.costs(run.costs) end
  report_failures(run.failures)
  local status = hooks.say(report)
  space:close()
  return #run.failures > 0 and 3 or status
end

return command
