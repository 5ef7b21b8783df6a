-- waymark suggest: every pupil against the road map: the main job.

local common = require "waymark.commands.common"
local core = require "waymark.core"
local hooks = require "waymark.hooks"
local suggest = require "waymark.suggest"
local terminal = require "waymark.terminal"

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
  parser:option("--first", "Show only so many pupils in a table."):argname "N":convert(tonumber)
    :default(tostring(shown_usually))
  parser:flag("--all", "Show every pupil in a table.")
end

-- The form that other programs read.
local function item_of(finding, several)
  local evidence = core.array {}
  for i, each in ipairs(finding.evidence) do
    evidence[i] = { rule = each.rule, from = each.from, to = each.to, count = each.count, of = each.of,
      sessions = each.sessions }
  end
  return { upn = finding.upn, step = finding.step.name, plugin = finding.step.plugin,
    version = finding.step.version, concern = finding.concern, reason = finding.words, evidence = evidence,
    school = several and finding.school.key or nil }
end

local function write_json(list, several)
  local i = 0
  terminal.json_list(function()
    i = i + 1
    return list[i] and item_of(list[i], several)
  end)
end

local function write_csv(list, several)
  local columns = { "upn", "name", "year", "form", "step", "title", "plugin", "version", "concern", "reason",
    "figures" }
  if several then table.insert(columns, 1, "school") end
  io.write(terminal.csv_line(columns))
  for _, f in ipairs(list) do
    local words = f.evidence[1] and f.evidence[1].words
    local cells, n = {}, 0
    local function add(value)
      n = n + 1
      cells[n] = value
    end
    if several then add(f.school.key) end
    for _, value in ipairs { f.upn or "", f.name or "", f.year or "", f.form or "", f.step.name, f.step.title,
      f.step.plugin, f.step.version, f.concern or "", f.words or "", words or "" } do add(value) end
    io.write(terminal.csv_line(cells, #columns))
  end
end

-- For people ---------------------------------------------------------------------

local function counts_by_step(list)
  local counts = {}
  for _, finding in ipairs(list) do counts[finding.step] = (counts[finding.step] or 0) + 1 end
  return counts
end

local function print_summary(space, list)
  local counts, seen = counts_by_step(list), {}
  for _, map in ipairs(space.maps) do
    if map.declared and not seen[map.declared] then
      seen[map.declared] = true
      local rows = {}
      for i, step in ipairs(map.declared.steps) do
        local number = step.scope == "school" and "school" or tostring(counts[step] or 0)
        rows[i] = { step.title, step.principle, number }
      end
      terminal.table({ { title = "step" }, { title = "principle" }, { title = "suggested", right = true } }, rows)
      print ""
    end
  end
end

local function pupil_words(f)
  local words = { f.name or f.upn or "?" }
  if f.form or f.year then words[#words + 1] = f.form or "year " .. f.year end
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

local function print_pupils(list, most)
  local pupils, last, rest = 0, nil, 0
  for _, f in ipairs(list) do
    if f.enrolment ~= last then
      pupils, last = pupils + 1, f.enrolment
      if pupils <= most then print(terminal.paint("bold", pupil_words(f))) else rest = rest + 1 end
    end
    if pupils <= most then
      print(("  %s: %s"):format(terminal.paint("blue", f.step.title), f.words))
      for _, each in ipairs(f.evidence) do print(terminal.paint("dim", "      " .. command.evidence_words(each))) end
    end
  end
  if rest > 0 then print(("\n… and %s more; see them with --all"):format(terminal.count(rest, "pupil"))) end
end

local notices = {
  { "met", "new threshold met", "new thresholds met" },
  { "undone", "threshold undone by an amended mark", "thresholds undone by amended marks" },
  { "reviews", "review due", "reviews due" },
  { "changed", "decision whose evidence changed", "decisions whose evidence changed" },
}

local function print_recorded(recorded, why_not)
  if why_not then
    print(terminal.paint("dim", "Nothing is recorded: " .. why_not .. "."))
    return
  end
  local lapsed, words = recorded.lapsed, {}
  for _, each in ipairs(notices) do
    local n = recorded.noticed[each[1]]
    if n > 0 then words[#words + 1] = terminal.count(n, each[2], each[3]) end
  end
  print(("%s, %s lapsed%s."):format(terminal.count(recorded.made, "new suggestion"), terminal.number(#lapsed),
    #words > 0 and "; " .. table.concat(words, ", ") or ""))
  for i, each in ipairs(lapsed) do
    if i > 10 then
      print(("  … and %d more"):format(#lapsed - 10))
      break
    end
    print(terminal.paint("dim", ("  lapsed: %s, %s: %s"):format(each.upn or "?", each.step, each.why)))
  end
end

local function write_table(space, list, filter, arguments, pupils)
  print(terminal.paint("bold", "Suggestions as of " .. core.date.english(filter.as_of)))
  print(terminal.paint("dim", ("%s looked at. These are suggestions: people decide.\n"):format(
    terminal.count(pupils, "pupil"))))
  print_summary(space, list)
  print_pupils(list, arguments.all and math.huge or arguments.first)
  print ""
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

function command.run(arguments)
  local space = common.open(arguments, "write")
  local progress, finish = terminal.progress "Looking at pupils"
  local filter, all, list, rows, recorded, why_not
  local _, report = hooks.change(space, arguments.dry_run, function()
    space:settle(true)
    filter = common.filter(space, arguments)
    why_not = suggest.only_looks(space, filter)
    all = suggest.evaluate(space, filter, progress)
    list, rows = suggest.standing(space, all, filter)
    if not why_not then recorded = suggest.record(space, all, filter, list, rows) end
    return why_not == nil
  end)
  finish()
  local several = #space.store:schools() > 1
  if arguments.format == "json" then
    write_json(list, several)
  elseif arguments.format == "csv" then
    write_csv(list, several)
  else
    write_table(space, list, filter, arguments, all.pupils)
    print_recorded(recorded, why_not)
    local asked = hooks.words(report, arguments.dry_run)
    if asked then print(asked) end
    if arguments.dry_run then print "This was a dry run: nothing was recorded." end
  end
  if why_not and arguments.format ~= "table" then terminal.warn("nothing is recorded: %s", why_not) end
  report_failures(all.failures)
  local status = hooks.say(report)
  space:close()
  return #all.failures > 0 and 3 or status
end

return command
