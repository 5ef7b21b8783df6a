-- waymark record-school: what a school did for all its pupils, such as publishing its
-- attendance policy; with --list what was recorded so far.

local casework = require "waymark.commands.shared.casework"
local chronology = require "waymark.chronology"
local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local hooks = require "waymark.mail.hooks"
local policy = require "waymark.case.policy"
local problem = require "waymark.base.problem"
local school_cases = require "waymark.case.school"
local tables = require "waymark.base.tables"
local terminal = require "waymark.base.terminal"
local words = require "waymark.base.words"

local command = {
  name = "record-school",
  summary = "Record what the school did for everybody, such as its attendance policy.",
  example = "waymark record-school attendance-policy --set version=2 --set published_on=2026-09-01",
}

function command.options(parser)
  parser:argument("step", "A step of the school, such as attendance-policy."):args "?"
  parser:flag("--list", "Show what was recorded.")
  parser:option("--school", "Which school, when there are several."):argname "SCHOOL"
  parser:option("--set", "A field that the step records; may be repeated."):argname "NAME=VALUE":count "*"
  parser:option("--outcome", "What came of it, as the step names it: reviewed, say."):argname "OUTCOME"
  parser:option("--review-on", "When to look at it again."):argname "DATE"
  parser:option("--on", "The day it is about (else: today)."):argname "DATE"
  parser:option("--note", "What is worth keeping; nothing of a pupil or a family."):argname "TEXT"
  common.by(parser)
  common.dry_run(parser)
  common.format(parser)
end

-- What stands ----------------------------------------------------------------------

local function day(date) return date and core.date.english(date) or "not recorded" end

local function print_state(space, school)
  local state = policy.state(space, school.key, space:today())
  if not state then return end
  local review = state.review_by and core.date.english(state.review_by) or "no day is set"
  for _, row in ipairs { { "Version", core.escape(state.version or "not recorded") },
    { "Published", day(state.published) }, { "Families told", day(state.told) },
    { "To be reviewed by", review .. (state.review_due and " (due)" or "") } } do
    print(("%-18s %s"):format(row[1], row[2]))
  end
  if #state.joiners == 0 then return end
  local names = {}
  for i, each in ipairs(state.joiners) do names[i] = core.escape(each.name) end
  print(("%-18s %s"):format("Joined since", table.concat(names, ", ") .. ": not told yet"))
end

-- The list ---------------------------------------------------------------------------

local function value_words(value)
  if type(value) == "string" then return core.date.parse(value) and core.date.short(value) or value end
  return type(value) == "table" and problem.check(core.encode(value)) or tostring(value)
end

local function words_of(space, entry)
  local parts, fields, names = {}, entry.fields or {}, {}
  local step = chronology.step(space, entry.school, entry.step)
  for name in next, fields do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    parts[#parts + 1] = ("%s: %s"):format(chronology.field_title(step, name), value_words(fields[name]))
  end
  if entry.review_on then parts[#parts + 1] = "Look again on " .. core.date.short(entry.review_on) end
  parts[#parts + 1] = entry.note
  return table.concat(parts, "; ")
end

local columns = { "date", "entry", "school", "step", "outcome", "words", "by" }

local function print_table(space, school, entries)
  local rows = {}
  for i, entry in ipairs(entries) do
    local title = chronology.title(space, school.key, entry.step)
    local outcome = entry.outcome and ": " .. words.outcome(entry.outcome) or ""
    rows[i] = { core.date.short(entry.on), title .. outcome, words_of(space, entry), entry.by or "" }
  end
  print_state(space, school)
  if #rows == 0 then return print "Nothing is recorded." end
  print()
  terminal.table({ { title = "day" }, { title = "what" }, { title = "words", most = 70 }, { title = "by" } }, rows)
end

local function show(arguments)
  local space = common.open(arguments, "read"):load_plugins()
  local school = school_cases.school(space, arguments.school)
  local entries = school_cases.entries(space, school.key, space:today(), arguments.step)
  if arguments.format == "table" then
    print_table(space, school, entries)
  elseif arguments.format == "json" then
    terminal.json_list(tables.each(entries))
  else
    io.write(terminal.csv_line(columns))
    for _, entry in ipairs(entries) do
      io.write(terminal.csv_line({ entry.on, entry.id, entry.school, entry.step, entry.outcome,
        words_of(space, entry), entry.by }, #columns))
    end
  end
  space:close()
end

-- Recording --------------------------------------------------------------------------

local function record(arguments)
  if not arguments.step then problem.raise "name the step, such as attendance-policy; or ask for --list" end
  local space, school, id, step = common.open(arguments, "write"):load_plugins(), nil, nil, nil
  local _, report = hooks.change(space, arguments.dry_run, function()
    space:settle()
    school = school_cases.school(space, arguments.school)
    id, step = school_cases.record(space, school, arguments.step, casework.given(arguments))
  end)
  arguments.hooks_status = hooks.say(report)
  local what = ("%s for %s: %s"):format(arguments.dry_run and "Would record" or "Recorded", core.escape(school.name),
    step.title)
  print(arguments.dry_run and what .. "." or ("%s (entry %d of the school)."):format(what, id))
  if not arguments.dry_run then print_state(space, school) end
  space:close()
end

function command.run(arguments)
  if arguments.list then return show(arguments) end
  return record(arguments)
end

return command
