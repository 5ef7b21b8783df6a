-- commands/shared/casework: what the commands that record something share: their options, how
-- these are read, and the run inside one transaction, for one pupil or for several.

local cases = require "waymark.case"
local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local hooks = require "waymark.mail.hooks"
local problem = require "waymark.base.problem"
local suggestions = require "waymark.store.suggestions"
local words = require "waymark.base.words"
local check = core.sdk "check"

local casework = {}

function casework.who(parser) common.who(parser, true) end

-- A step of the road map; a number of a list stands for that of its row.
function casework.step(parser)
  parser:argument("step", "A step of the road map, or a word of it (else: that of the row whose number you give).")
    :args "?"
end

-- The step that is meant for a pupil, of find_pupils.
function casework.step_of(space, pupil, arguments)
  local map = space:map_for_school(pupil.school)
  if arguments.step then return cases.step(map, arguments.step) end
  if pupil.other_step then
    problem.raise("%d is for %s on the list of %s, and for %s on another; say which step", pupil.number,
      pupil.step:match ".+" or "no step", core.system.local_text(pupil.at), pupil.other_step:match ".+" or "no step")
  end
  if (pupil.step or "") == "" then
    problem.raise "say which step; only a number of a list stands for the step of its row"
  end
  return cases.step(map, pupil.step)
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

-- Run `work(space, pupil, given)` for each pupil that is meant, all as the one change of a command; again from the
-- start, when others changed something meanwhile. Before that, for each of them, `prepare(space, pupil)`: what takes
-- its time, of which `work` gets the answers after `given`. It answers a function that says what was done, which is
-- called when all of it is kept (in a dry run: undone), and may answer an exit status. -> exit status
function casework.change(arguments, work, prepare)
  local space, says = common.open(arguments, "write"), {}
  local function of_each(pupils, ask)
    for i, pupil in ipairs(pupils) do
      local ok, result = pcall(ask, pupil, i)
      if not ok and #pupils > 1 and problem.is(result) and not result.machine then
        problem.raise("%s (%s): %s", pupil.name, pupil.number or pupil.upn, result.message)
      end
      if not ok then error(result, 0) end
    end
  end
  local _, report = hooks.change(space, arguments.dry_run, function()
    space:settle()
    local pupils = space:find_pupils(arguments.who)
    local prepared = {}
    if prepare then of_each(pupils, function(pupil, i) prepared[i] = table.pack(prepare(space, pupil)) end) end
    of_each(pupils, function(pupil, i)
      says[i] = work(space, pupil, casework.given(arguments), table.unpack(prepared[i] or {}))
    end)
  end, true)
  arguments.hooks_status = hooks.say(report)
  local status = 0
  for _, say in ipairs(says) do status = math.max(status, say() or 0) end
  space:close()
  return status
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
    casework.step(parser)
    parser:option("--reason", "The reason, from the road map's short list."):argname "CODE"
    casework.options(parser)
  end

  function command.run(arguments)
    return casework.change(arguments, function(space, pupil, given)
      local step = casework.step_of(space, pupil, arguments)
      local id = what.record(space, pupil, step.name, given)
      local title, ended = step.title, casework.ended_by(space, pupil, id)
      return function() casework.say(arguments, pupil, title .. what.tail, id, ended, what.word) end
    end)
  end

  return command
end

return casework
