-- waymark import KIND FILE…: take in files of one kind, and say plainly what was new, changed and left out.
-- All of them, or none.

local actions_command = require "waymark.commands.shared.actions"
local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local files = require "waymark.base.files"
local hooks = require "waymark.mail.hooks"
local intake = require "waymark.commands.shared.intake"
local named = require "waymark.intake.named"
local problem = require "waymark.base.problem"
local read_options = require "waymark.commands.shared.reading"
local sources = require "waymark.exports.sources"
local terminal = require "waymark.base.terminal"
local words = require "waymark.base.words"

local take = {}

local things = {
  schools = "school", calendar = "day", pupils = "pupil", contacts = "contact", marks = "mark",
  entries = "entry", ["removed-schools"] = "school",
}

local function print_counts(report)
  local rows = {
    { report.added, "new" }, { report.unchanged, "unchanged" }, { report.changed, "changed" },
    { report.left_out, "left out" },
    { report.removed, report.kind == "contacts" and "no longer in the file, removed" or "taken out", rare = true },
    { report.no_mark, "without a mark", rare = true },
    { report.cleared, "now blank; the known mark is kept", rare = true },
    { report.agreed, "agree that the school is closed", rare = true },
    { report.merged, "further rows of a contact, taken as one with several numbers", rare = true },
    { report.repeated, "given twice; the later one counts", rare = true },
    { report.details, "with minutes late, a comment or a sub-code that is new", rare = true },
  }
  for _, row in ipairs(rows) do
    local n = row[1] or 0
    local text = ("%12s  %s"):format(words.number(n), row[2])
    local alarming = row[2] == "left out" and n > 0
    if n > 0 or not row.rare then print(alarming and terminal.paint("yellow", text) or text) end
  end
end

local function print_events(report)
  for _, line in ipairs(report.events or {}) do print("  " .. core.escape(line)) end
  if (report.other_events or 0) > 0 then
    print(("  %s about something else"):format(words.count(report.other_events, "event is", "events are")))
  end
end

local function print_notes(report)
  for _, line in ipairs(named.lines(report)) do print(line) end
  print_events(report)
  intake.print_groups(report.warnings, "blue")
  local noted = { { report.repeats, "Two marks for one session" }, { report.clears, "Blank where a mark is known" },
    { report.passed_over, "No records: headings again, totals, footers" } }
  for _, each in ipairs(noted) do
    if each[1] and each[1].count > 0 then
      print(("%s (%s)"):format(terminal.paint("blue", each[2]), words.number(each[1].count)))
      intake.print_examples(each[1].examples, each[1].count)
    end
  end
  if #(report.groups or {}) > 0 then print("Kept as groups: " .. core.escape(table.concat(report.groups, ", "))) end
  if #(report.ignored or {}) > 0 then print("Columns not used: " .. core.escape(table.concat(report.ignored, ", "))) end
end

local function print_report(report, file, arguments)
  local dates = report.first and (" of %s"):format(core.date.short(report.first)) or ""
  if report.last and report.last ~= report.first then dates = dates .. " to " .. core.date.short(report.last) end
  print(terminal.paint("bold", ("%s %s%s"):format(arguments.dry_run and "Would take in" or "Took in", arguments.kind,
    dates)))
  print(("%s, %s, %s"):format(core.escape(file.shown), report.encoding, words.count(report.rows,
    (report.shape or "long") == "long" and "row" or "mark")))
  print_counts(report)
  for _, each in ipairs(report.pairs or {}) do
    print(("%14s%s → %s: %s"):format("", words.mark(each.was), words.mark(each.now), words.number(each.count)))
  end
  print_notes(report)
  intake.print_left_out(report)
  if report.rows == 0 and (report.removed or 0) == 0 then
    print "It has no rows: nothing was taken in. If the export should have some, make it again."
  elseif report.added + report.changed + report.left_out + (report.removed or 0) + (report.details or 0) == 0 then
    print(("Nothing changed: every %s was known already."):format(things[arguments.kind]))
  end
  if #(report.doubts or {}) > 0 then
    print(terminal.paint("yellow", "Doubtful: without --yes nothing of it will be taken in"))
    for _, doubt in ipairs(report.doubts) do print("  " .. core.escape(doubt)) end
  end
  if arguments.dry_run then print "This was a dry run: nothing was changed." end
end

local lists = { "reasons", "warnings", "pairs", "ignored", "groups", "examples", "people", "names", "events" }

-- A school of the settings would be back with the next command.
local function check_settings(space)
  for _, school in ipairs(space.settings.schools) do
    if not space.store:school_id(school.key) then
      problem.raise("waymark.lua names the school %s; take it out there first", school.key)
    end
  end
end

-- The report with its lists marked as such, so that an empty one is [] in JSON.
local function with_lists(value)
  for _, name in ipairs(lists) do
    if type(value[name]) == "table" then
      for _, item in ipairs(core.array(value[name])) do
        if type(item) == "table" then with_lists(item) end
      end
    end
  end
  for _, name in ipairs { "repeats", "clears", "passed_over" } do
    if value[name] then with_lists(value[name]) end
  end
  return value
end

-- All files, one after the other; what an earlier one left out goes with the file that cannot be taken.
local function take_all(space, list, arguments)
  local reports, given = {}, read_options.given(arguments, arguments.kind)
  for i, file in ipairs(list) do
    local ok, report = pcall(intake.take, space, { kind = arguments.kind, file = file.path, by = arguments.by,
      strict = arguments.strict, dry_run = arguments.dry_run, yes = arguments.yes, folder = arguments.folder,
      given = given, same = arguments.same, another = arguments.another, format = arguments.format,
      school = arguments.school,
      place = #list > 1 and (", file %d of %d"):format(i, #list) or "" })
    if not ok then
      for _, each in ipairs(reports) do
        if each.left_out_path then os.remove(each.left_out_path) end
      end
      error(report, 0)
    end
    reports[i] = report
  end
  if arguments.kind == "removed-schools" then check_settings(space) end
  return reports
end

-- One file gives its report, several or a folder a list of them.
local function encoded(reports, arguments)
  for _, report in ipairs(reports) do
    if arguments.kind == "actions" then report.failures = nil else with_lists(report) end
  end
  local is_one = #arguments.files == 1 and not files.is_folder(arguments.files[1])
  return problem.check(core.encode(is_one and reports[1] or core.array(reports), 2))
end

local records = { actions = true, entries = true }

function take.run(arguments)
  local space = common.open(arguments, "write")
  local list <close> = sources.open(arguments.files, arguments.folder)
  space:load_plugins(#space.store:codes() > 0) -- codes are all that an import needs of plugins
  local function work()
    space:settle()
    return take_all(space, list, arguments)
  end
  local reports, hooked
  if records[arguments.kind] then -- what people did is told to hooks
    reports, hooked = hooks.change(space, arguments.dry_run, work, arguments.kind == "actions")
    arguments.hooks_status = hooks.say(hooked)
  else
    reports = space:change(arguments.dry_run, work)
  end
  space:close()
  local failures, status = {}, 0
  for _, report in ipairs(reports) do
    table.move(report.failures or {}, 1, #(report.failures or {}), #failures + 1, failures)
    if report.left_out > 0 or #(report.doubts or {}) > 0 then status = 3 end
  end
  if arguments.format == "json" then
    print(encoded(reports, arguments))
  else
    for i, report in ipairs(reports) do
      if i > 1 then print() end
      local show = arguments.kind == "actions" and actions_command.print or print_report
      show(report, list[i], arguments)
    end
  end
  terminal.warn_of_failures(failures)
  return #failures > 0 and 3 or status
end

return take
