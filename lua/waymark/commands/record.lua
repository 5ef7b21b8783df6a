-- waymark record: a step that was done, or tried.

local cases = require "waymark.case"
local common = require "waymark.commands.shared.common"
local casework = require "waymark.commands.shared.casework"
local chronology = require "waymark.chronology"
local core = require "waymark.core"
local terminal = require "waymark.base.terminal"
local check = core.sdk "check"
local sdk_entries = core.sdk "entries"

local command = {
  name = "record",
  summary = "Record what was done for a pupil.",
  example = 'waymark record "Ada Byron" absence-callback --outcome spoke --with mother --note "Has a cold."',
}

function command.options(parser)
  parser:add_help(false)
  parser:flag("-h --help", "Show this; behind WHO STEP: what the step records."):action(function(arguments)
    arguments.help = true
    if arguments.step then return end
    print(parser:get_help())
    os.exit(0, true)
  end)
  casework.who(parser)
  casework.step(parser)
  parser:option("--outcome", "What came of it, as the step names it."):argname "OUTCOME"
  parser:option("--with", "With whom: a contact's name or relationship."):argname "CONTACT"
  parser:option("--reason", "The reason, from the road map's short list."):argname "CODE"
  parser:option("--review-on", "When to look at it again."):argname "DATE"
  parser:option("--set", "A field that the step records; may be repeated, for a list too."):argname "NAME=VALUE"
    :count "*"
  casework.of(parser, "The entry whose outcome this is, when several run.")
  parser:option("--despite", "Why it was done although the step was held back."):argname "REASON"
  casework.options(parser)
end

local shown = { date = core.date.english, number = tostring }

-- The days and amounts that nobody gave and the step worked out, for a person to check. What is
-- more than one (half days, days of review) stands in the chronology.
local function say_worked_out(step, fields)
  for _, name in ipairs(check.names(fields)) do
    local words = shown[step.records[name].type]
    if words then print(("  %s: %s"):format(chronology.field_title(step, name), words(fields[name]))) end
  end
end

local function show_step(arguments)
  local space = common.open(arguments, "read"):load_plugins()
  local manual_step, width = require "waymark.manual.step", math.min(core.system.width(), 100)
  local step = casework.step_of(space, space:find_pupils(arguments.who)[1], arguments)
  local lines = manual_step.lines(step, width)
  print(table.concat(lines, "\n"))
  space:close()
end

-- "Penalty notice, paid, for Mrs Byron": what was recorded, as it was understood.
local function entry_words(step, entry)
  local parts, parent = { step.title }, (entry.fields or {}).parent
  parts[2] = entry.outcome and entry.outcome:gsub("-", " ") or nil
  parts[#parts + 1] = entry.with and "with " .. core.escape(entry.with) or nil
  parts[#parts + 1] = type(parent) == "string" and "for " .. core.escape(parent) or nil
  return table.concat(parts, ", ")
end

-- "It ends entry 3 of Tuesday 10 March 2026.": what it belongs to.
local function belongs_words(entries, entry)
  local of = sdk_entries.by_id(entries, entry.of or entry.replaces or 0)
  if not of then return nil end
  local verb = entry.replaces and "It takes the place of"
    or (entry.attempt or entry.adds or not entry.outcome) and "It is added to" or "It is what came of"
  return ("%s entry %d of %s."):format(verb, of.id, core.date.english(of.on))
end

-- What a person should know who records this entry: that the same was recorded of that day already, that nobody is
-- to be asked before somebody else. -> sentences
local function warnings(space, pupil, step, entries, entry)
  local list, hold = {}, cases.holds(space, space:today())[pupil.pupil]
  if hold then
    list[1] = ("%s is on hold until %s: ask %s first"):format(pupil.name, core.date.english(hold["until"]), hold.ask)
  end
  for _, each in ipairs(cases.same_of_day(entries, entry)) do
    list[#list + 1] = ("of that day there is already: %s%s (entry %d); if it is the same one, strike one out with: "
      .. "waymark correct"):format(entry_words(step, each), each.by and ", by " .. each.by or "", each.id)
  end
  return list
end

function command.run(arguments)
  if arguments.help then return show_step(arguments) end
  local function record(space, pupil, given)
    local step = casework.step_of(space, pupil, arguments)
    local id, _, failure, worked_out, notes, is_known = cases.record(space, pupil, step.name, given)
    local entries, answered = cases.entries(space, { pupil = pupil.pupil }), casework.ended_by(space, pupil, id)
    local entry = sdk_entries.by_id(entries, id)
    local words, belongs = entry_words(step, entry), belongs_words(entries, entry)
    local warned = is_known and {} or warnings(space, pupil, step, entries, entry)
    table.move(warned, 1, #warned, #notes + 1, notes)
    return function()
      if is_known then
        print(("Recorded already for %s, by a list: %s (entry %d). Nothing is added."):format(core.escape(pupil.name),
          words, id))
      else
        casework.say(arguments, pupil, words, id, answered, "answered")
      end
      if belongs then print(belongs) end
      say_worked_out(step, worked_out)
      for _, note in ipairs(notes) do terminal.warn("%s", core.escape(note)) end
      if not failure then return 0 end
      terminal.warn_of_failures { failure }
      return 3
    end
  end
  return casework.change(arguments, record, arguments.who:find "," and function(space, pupil)
    space:rehearse(function() record(space, pupil, casework.given(arguments)) end)
  end)
end

return command
