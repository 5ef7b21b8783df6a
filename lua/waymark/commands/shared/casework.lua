-- commands/shared/casework: what the commands that record something share: their options, how
-- these are read, and the run inside one transaction.

local cases = require "waymark.case"
local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local hooks = require "waymark.mail.hooks"
local problem = require "waymark.base.problem"
local suggestions = require "waymark.store.suggestions"
local words = require "waymark.base.words"
local check = core.sdk "check"

local casework = {}

function casework.who(parser)
  parser:argument("who", "A pupil: UPN, name, admission number, or number on the last list.")
end

-- The number of an entry, for an option.
function casework.of(parser, help)
  parser:option("--of", help):argname "ENTRY":convert(common.number "--of")
end

-- Options of every entry.
function casework.options(parser)
  parser:option("--on", "The day it is about (else: today)."):argname "DATE"
  parser:option("--note", "What is worth keeping, in your own words."):argname "TEXT"
  parser:option("--audience", "Who may see it later."):choices(cases.audiences)
  common.by(parser)
  common.dry_run(parser)
end

-- { name = text }, or a list of texts where a name is given several times.
local function read_sets(pairs_given)
  local fields = {}
  for _, text in ipairs(pairs_given or {}) do
    local name, value = text:match "^%s*([^=]-)%s*=(.*)$"
    if not name or name == "" then problem.raise('--set takes NAME=VALUE, not "%s"', text) end
    name = name:find " " and name or name:gsub("-", "_")
    local before = fields[name]
    if type(before) == "table" then
      before[#before + 1] = value
    else
      fields[name] = before and { before, value } or value
    end
  end
  return fields
end
casework.read_sets = read_sets

-- A text without spaces around it; nothing when nothing is left.
local function text(value) return value and value:match "^%s*(.-)%s*$":match "^.+$" end

-- A reason of spaces is none.
function casework.trim(arguments)
  for _, name in ipairs { "note", "by", "with", "despite", "ask", "why", "as" } do
    arguments[name] = text(arguments[name])
  end
end

-- What was given on the command line, with its dates read.
function casework.given(arguments)
  casework.trim(arguments)
  return {
    on = common.check_date(arguments.on, "--on"), note = arguments.note, by = arguments.by,
    audience = arguments.audience, outcome = arguments.outcome, with = arguments.with, reason = arguments.reason,
    review_on = common.check_date(arguments.review_on, "--review-on"), fields = read_sets(arguments.set),
    despite = arguments.despite, ["until"] = common.check_date(arguments["until"], "--until"),
    ask = arguments.ask, why = arguments.why, of = arguments.of,
  }
end

-- Run `work(space, pupil, given)` as the change of a command. -> its answers
function casework.change(arguments, work)
  local space = common.open(arguments, "write")
  local answers, pupil
  local _, report = hooks.change(space, arguments.dry_run, function()
    space:settle()
    pupil = space:find_pupil(arguments.who)
    answers = table.pack(work(space, pupil, casework.given(arguments)))
  end)
  arguments.hooks_status = hooks.say(report)
  space:close()
  return pupil, table.unpack(answers, 1, answers.n)
end

-- "Recorded for Ada Byron: Absence call-back, spoke (entry 12). 2 suggestions are answered: Absence call-back,
-- Pupil check-in." `ended` are the titles of what is ended.
function casework.say(arguments, pupil, what, id, ended, word)
  local verb = arguments.dry_run and "Would record" or "Recorded"
  local number = pupil.number and (" (number %d on the list of %s)"):format(pupil.number,
    core.system.local_text(pupil.at)) or ""
  local line = ("%s for %s%s: %s"):format(verb, core.escape(pupil.name), number, what)
  if not arguments.dry_run then line = ("%s (entry %d)"):format(line, id) end
  print(line .. ".")
  if ended and #ended > 0 then
    print(("%s %s %s: %s."):format(words.count(#ended, "suggestion"), #ended == 1 and "is" or "are", word,
      table.concat(ended, ", ")))
  end
end

-- The titles of the steps of the suggestions that an entry ended, in the order of the road map.
function casework.ended_by(space, pupil, id)
  local by_name, titles = {}, {}
  for _, each in ipairs(suggestions.ended_by(space.store, id)) do
    by_name[each.step] = (by_name[each.step] or 0) + 1
  end
  for _, step in ipairs(space:map_for_school(pupil.school).declared.steps) do
    for _ = 1, by_name[step.name] or 0 do titles[#titles + 1] = step.title end
    by_name[step.name] = nil
  end
  for _, name in ipairs(check.names(by_name)) do titles[#titles + 1] = name end
  return titles
end

-- A command that ends a step's suggestions without doing it: what = { name,
-- summary, example, record = function of waymark.cases, tail, word }.
function casework.set_aside(what)
  local command = { name = what.name, summary = what.summary, example = what.example }

  function command.options(parser)
    casework.who(parser)
    parser:argument("step", "A step of the road map.")
    parser:option("--reason", "The reason, from the road map's short list."):argname "CODE"
    casework.options(parser)
  end

  function command.run(arguments)
    local title
    local pupil, id, ended = casework.change(arguments, function(space, pupil, given)
      title = cases.step(space:map_for_school(pupil.school), arguments.step).title
      local id = what.record(space, pupil, arguments.step, given)
      return id, casework.ended_by(space, pupil, id)
    end)
    casework.say(arguments, pupil, title .. what.tail, id, ended, what.word)
  end

  return command
end

return casework
