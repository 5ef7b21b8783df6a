-- waymark suggest: every pupil against the road map: the main job.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local evaluate = require "waymark.ask.evaluate"
local events = require "waymark.store.events"
local hooks = require "waymark.mail.hooks"
local jobs = require "waymark.plugin.worker"
local problem = require "waymark.base.problem"
local rule_words = require "waymark.ask.rule_words"
local suggest = require "waymark.suggest"
local terminal = require "waymark.base.terminal"
local wording = require "waymark.base.words"

local command = {
  name = "suggest",
  summary = "What could come next for each pupil, with the evidence.",
  example = "waymark suggest --as-of 2026-03-20 --format json",
  see = "contracts.md: what CSV and JSON have",
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
  parser:option("--undo", "Withdraw the last recorded run, by its number: what it recorded counts no more.")
    :argname "RUN":convert(common.number("--undo", 1))
  parser:option("--why", "Why it is withdrawn."):argname "TEXT"
  common.by(parser)
end

-- For programs ---------------------------------------------------------------------
--
-- A form { line(suggestion), print(run) }; lines are made while schools are looked at, and
-- printed when everything is recorded.

local function json_form(space, several)
  local function line(each)
    local evidence = core.array {}
    for i, rule in ipairs(each.evidence) do
      evidence[i] = { rule = rule.rule, from = rule.from, to = rule.to, count = rule.count, of = rule.of,
        sessions = rule.sessions }
    end
    return problem.check(core.encode { upn = each.person.upn, step = each.step.name, plugin = each.step.plugin,
      version = each.step.version, road_map = space:served_by(space:map_for_school(each.school), each.step),
      concern = each.concern, reason = each.reason, evidence = evidence, school = several and each.school or nil })
  end
  return { line = line, print = function(run)
    local separator = "[\n"
    for text in suggest.lines(run, true) do
      io.write(separator, text)
      separator = ",\n"
    end
    io.write(separator == "[\n" and "[]\n" or "\n]\n")
  end }
end

local csv_columns = { "upn", "name", "year", "form", "step", "title", "plugin", "version", "concern", "reason",
  "figures" }

local function csv_form(_, several)
  local function line(each)
    local person, step = each.person, each.step
    local cells = { person.upn or "", person.name or "", person.year or "", person.form or "", step.name, step.title,
      step.plugin, step.version, each.concern or "", each.reason or "", (each.evidence[1] or {}).words or "" }
    if several then table.insert(cells, 1, each.school) end
    return terminal.csv_line(cells)
  end
  return { line = line, print = function(run)
    local columns = { table.unpack(csv_columns) }
    if several then table.insert(columns, 1, "school") end
    io.write(terminal.csv_line(columns))
    for text in suggest.lines(run, true) do io.write(text) end
  end }
end

-- For people ---------------------------------------------------------------------

local function print_summary(space, run)
  local seen = {}
  for _, map in ipairs(space.maps) do
    if map.declared and not seen[map.declared] then
      seen[map.declared] = true
      local cells = {}
      for _, step in ipairs(map.declared.steps) do
        local number = step.scope == "school" and "school" or run.left_out[step] or tostring(run.counts[step] or 0)
        if not step.further then cells[#cells + 1] = { step.title, step.principle, number } end
      end
      terminal.table({ { title = "step" }, { title = "principle" }, { title = "suggested", right = true } }, cells)
      print ""
    end
  end
end

local function pupil_words(person)
  local words = { person.name or person.upn or "?" }
  if person.form or person.year then words[#words + 1] = person.form or "year " .. person.year end
  return core.escape(table.concat(words, ", "))
end

-- The first pupils, with why; the others are counted.
local function table_form(space, _, most)
  local function line(each)
    local lines = { ("  %s: %s"):format(terminal.paint("blue", each.step.title), each.reason) }
    for _, rule in ipairs(each.evidence) do
      lines[#lines + 1] = terminal.paint("dim", "      " .. rule_words.evidence(rule))
    end
    if each.new then lines[#lines + 1] = terminal.paint("dim", "      worse: " .. each.new) end
    return table.concat(lines, "\n")
  end
  return { line = line, most = most, print = function(run, as_of)
    print(terminal.paint("bold", "Suggestions as of " .. as_of))
    print(terminal.paint("dim", ("%s looked at. These are suggestions: people decide.\n"):format(
      wording.count(run.pupils, "pupil"))))
    print_summary(space, run)
    local last
    for text, enrolment in suggest.lines(run) do
      if enrolment ~= last then print(terminal.paint("bold", pupil_words(evaluate.person(space, enrolment)))) end
      print(text)
      last = enrolment
    end
    if run.pupils_listed > most then
      print(("\n… and %s more; see them with --all"):format(wording.count(run.pupils_listed - most, "pupil")))
    end
    print ""
  end }
end

local forms = { json = json_form, csv = csv_form, table = table_form }

local notices = {
  { "met", "new threshold met", "new thresholds met" },
  { "undone", "threshold undone by an amended mark", "thresholds undone by amended marks" },
  { "reviews", "review due", "reviews due" },
  { "exceeded", "notice with more absence than was agreed", "notices with more absence than was agreed" },
  { "changed", "decision whose evidence changed", "decisions whose evidence changed" },
}

local function undo_words(run)
  return ("if that run (%d) was a mistake, withdraw it: waymark suggest --undo %d"):format(run.id, run.id)
end

local function print_recorded(space, run, why_not, later)
  if why_not then
    print(terminal.paint("dim", "Nothing is recorded: " .. why_not .. "."))
    if later then print(terminal.paint("dim", wording.capital(undo_words(later)) .. ".")) end
    return
  end
  local lapsed, words = run.lapsed, {}
  for _, each in ipairs(notices) do
    local n = run.noticed[each[1]]
    if n > 0 then words[#words + 1] = wording.count(n, each[2], each[3]) end
  end
  print(("%s, %s lapsed%s."):format(wording.count(run.made, "new suggestion"), wording.number(lapsed.count),
    #words > 0 and "; " .. table.concat(words, ", ") or ""))
  for _, each in ipairs(run.noticed.thresholds) do
    local person, why = evaluate.person(space, each.enrolment), each.data.why
    print(terminal.paint("dim", ("  threshold %s: %s, %s%s"):format(each.kind,
      core.escape(person.name or person.upn or "?"), each.data.rule, why and ": " .. core.escape(why) or "")))
    if each.data.sessions then
      print(terminal.paint("dim", ("    %s: %s"):format(each.kind == "met" and "half days" or "it was met by",
        core.escape(wording.half_days(each.data.sessions)))))
    end
  end
  local more = run.noticed.met + run.noticed.undone - #run.noticed.thresholds
  if more > 0 then print(("  … and %s more"):format(wording.count(more, "threshold"))) end
  local chronology = #lapsed > 0 and require "waymark.chronology" -- here: mostly nothing lapsed
  for _, each in ipairs(lapsed) do
    print(terminal.paint("dim", ("  %s: %s, %s: %s"):format(each.worse and "worse" or "lapsed",
      core.escape(each.name or each.upn or "?"), each.title or each.step, chronology.english(each.why))))
  end
  if lapsed.count > #lapsed then print(("  … and %s more"):format(wording.number(lapsed.count - #lapsed))) end
end

local function run_trace(arguments)
  if arguments.profile then problem.raise "--trace is of one pupil, --profile of a whole run; give one of them" end
  if arguments.format == "csv" then problem.raise "--trace comes as a table or as json" end
  local space = common.open(arguments, "read"):load_plugins()
  local filter = common.filter(space, arguments)
  suggest.only_looks(space, filter)
  require("waymark.suggest.trace").pupil(space, filter, arguments.trace, arguments.format)
  space:close()
end

-- Take back what a run recorded.
local function run_undo(arguments)
  if arguments.as_of or arguments.known_at or arguments.trace or arguments.profile or arguments.all
    or arguments.format ~= "table" then
    problem.raise "--undo looks at nobody; give it only --why, --by and --dry-run"
  end
  local space, undone = common.open(arguments, "write"):load_plugins(true), nil
  local _, report = hooks.change(space, arguments.dry_run, function()
    space:settle()
    undone = require("waymark.suggest.withdrawal").withdraw(space, arguments.undo,
      { by = arguments.by, why = arguments.why })
  end)
  print(("%s run %d, as of %s: %s of it %s gone, %s that it had ended %s open again."):format(
    arguments.dry_run and "Would withdraw" or "Withdrawn:", arguments.undo, core.date.english(undone.as_of),
    wording.count(undone.made, "suggestion"), undone.made == 1 and "is" or "are",
    wording.count(undone.ended, "suggestion"), undone.ended == 1 and "is" or "are"))
  if undone.kept > 0 then
    print(("%s of it %s since by people, and %s as recorded."):format(wording.count(undone.kept, "suggestion"),
      undone.kept == 1 and "was answered" or "were answered", undone.kept == 1 and "stays" or "stay"))
  end
  if undone.struck > 0 then
    print(("%s that plugins had added %s struck out."):format(wording.count(undone.struck, "note or review",
      "notes or reviews"), undone.struck == 1 and "is" or "are"))
  end
  if not arguments.dry_run then
    print(("Nothing %swas removed. Look again with: waymark suggest"):format(undone.struck > 0 and "else " or ""))
  end
  local status = hooks.say(report)
  space:close()
  return status
end

function command.run(arguments)
  if arguments.undo then return run_undo(arguments) end
  if arguments.why or arguments.by then problem.raise "--why and --by are of a run that is withdrawn, by --undo RUN" end
  if arguments.trace then return run_trace(arguments) end

  local space = common.open(arguments, "write")
  jobs.begin_ahead(jobs.evaluate_limits)
  local progress, finish = terminal.progress "Looking at pupils"
  local filter, run, why_not, later, form
  local _, report = hooks.change(space, arguments.dry_run, function()
    space:settle(true)
    filter = common.filter(space, arguments)
    why_not, later = suggest.only_looks(space, filter)
    form = forms[arguments.format](space, #space:schools() > 1, arguments.all and math.huge or arguments.first)
    run = suggest.run(space, filter, { record = not why_not, workers = arguments.workers, progress = progress,
      profile = arguments.profile, line = form.line, most = form.most })
    return why_not == nil
  end, true)
  finish()
  form.print(run, common.as_of_words(filter, arguments))
  if arguments.format == "table" then
    print_recorded(space, run, why_not, later)
    local asked = hooks.words(report, arguments.dry_run)
    if asked then print(asked) end
    if arguments.dry_run then print "This was a dry run: nothing was recorded." end
  elseif why_not then
    terminal.warn("nothing is recorded: %s%s", why_not, later and "; " .. undo_words(later) or "")
  end
  if arguments.profile then require("waymark.suggest.trace").costs(run.costs) end
  terminal.warn_of_failures(run.failures)
  for _, each in ipairs(run.is_long and events.long_cases(space.store) or {}) do
    terminal.warn("the case of %s has %s; steps were told of the latest that fit into %d MB", core.escape(each.name),
      wording.count(each.entries, "entry", "entries"), core.store.case_most // 1000000)
  end
  local status = hooks.say(report)
  space:close()
  local withheld = later and not arguments.dry_run
  return (#run.failures > 0 or withheld) and 3 or status
end

return command
