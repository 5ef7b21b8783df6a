-- waymark today: the list that people work from.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local files = require "waymark.base.files"
local problem = require "waymark.base.problem"
local purposes = require "waymark.plugin.purposes"
local tables = require "waymark.base.tables"
local terminal = require "waymark.base.terminal"
local wording = require "waymark.base.words"
local today = require "waymark.today"
local words = require "waymark.today.words"

local command = {
  name = "today",
  summary = "The list to work from: calls, decisions, reviews, what runs and what is overdue.",
  example = "waymark today --year 9 -o list.csv",
  see = "files.md: the columns of a list, and what to fill in",
}

function command.options(parser)
  common.day(parser)
  common.format(parser)
  parser:option("--year", "Only this year group."):argname "YEAR"
  parser:option("--form", "Only this form."):argname "FORM"
  parser:option("--school", "Only this school."):argname "SCHOOL"
  parser:option("--owner", "Only cases whose latest entry was recorded by NAME."):argname "NAME"
  parser:flag("--all", "With those who wait because of the number of new lines a week.")
  parser:flag("--baseline", "With what was there before the school began with Waymark.")
  parser:option("-o --output", "Write the list to fill in: list.csv, or list.html to print."):argname "FILE"
end

-- For other programs ---------------------------------------------------------------

local function item_of(row, list, several)
  local person, ring, siblings, tried, wrong = row.person, row.ring, core.array {}, core.array {}, core.array {}
  for i, each in ipairs(row.family or {}) do siblings[i] = each.number end
  for i, each in ipairs(row.tried or {}) do tried[i] = { on = each.on, title = each.title, outcome = each.outcome } end
  for i, each in ipairs(ring and ring.wrong or {}) do
    wrong[i] = { name = each.contact.name, relationship = each.contact.relationship, since = each.on }
  end
  local whom, numbers = ring and ring.contact, core.array(ring and ring.numbers or {})
  return { list = list.id, number = row.number, section = row.section, upn = person.upn, name = person.name,
    form = person.form, year = person.year, school = several and person.school.key or nil,
    step = row.step and row.step.name, title = row.title, why = row.why, since = row.since, need = row.need,
    need_for = row.need_for, siblings = #siblings > 0 and siblings or nil, tried = #tried > 0 and tried or nil,
    ring = whom and { name = whom.name, relationship = whom.relationship, phone = numbers[1],
      phones = #numbers > 1 and numbers or nil } or nil,
    wrong_numbers = #wrong > 0 and wrong or nil,
    further = row.further and core.array(row.further) or nil, baseline = row.baseline,
    hold = row.hold and { ["until"] = row.hold["until"], ask = row.hold.ask } or nil, due = row.due,
    sessions = row.sessions, overdue = row.overdue, days_left = row.days_left, count = row.count, ref = row.ref }
end

-- For people -----------------------------------------------------------------------

-- Sections in which the heading says what to do: all in one.
local short = { reasons = true, holds = true, improved = true }

-- A text under an indent, in lines that fit a terminal; `before` stands in place of the first blanks.
local function say(text, colour, indent, before)
  for i, line in ipairs(terminal.fitted(text, indent or 0)) do
    print((i == 1 and before or (" "):rep(indent or 0)) .. terminal.paint(colour, line))
  end
end

local function print_wrapped(text, colour)
  for _, line in ipairs(wording.wrap(core.escape(text), core.system.width() - 6)) do say(line, colour, 6) end
end

local function print_row(row, list, several)
  local person, about = row.person, words.beside(row, list.as_of)
  local parts = { person.name, person.form or person.year and "year " .. person.year }
  if several then parts[#parts + 1] = person.school.name end
  local who, number = core.escape(table.concat(parts, ", ")), ("%4d  "):format(row.number)
  if short[row.section] then
    say(who, "bold", 6, number)
  elseif #terminal.fitted(("%s: %s"):format(who, row.title), 6) == 1 then
    print(("%s%s: %s"):format(number, terminal.paint("bold", who), terminal.paint("blue", row.title)))
  else
    say(who, "bold", 6, number)
    say(row.title, "blue", 6)
  end
  if row.hold then print_wrapped(words.hold(row.hold, list.as_of), "yellow") end
  if short[row.section] then
    print_wrapped(table.concat({ (row.why:gsub("%.$", "")), table.unpack(about) }, ". "), "dim")
    return
  end
  print_wrapped(row.why, "dim")
  if #(row.further or {}) > 0 then print_wrapped("Further on: " .. table.concat(row.further, ", "), "dim") end
  for _, each in ipairs(about) do print_wrapped(each, "dim") end
end

local function write_table(list)
  local several = #list.schools > 1
  say("The list of " .. core.date.english(list.day), "bold")
  local notes = today.notes(list)
  for _, note in ipairs(notes) do say(core.escape(note.words) .. ".", "dim") end
  if notes.waiting then say("See those who wait with --all.", "dim") end
  for _, section in ipairs(list.sections) do
    print ""
    say(("%s (%d)"):format(section.title, #section.rows), "bold")
    for _, row in ipairs(section.rows) do
      if row.heading then say(core.escape(row.heading), "bold", 2) end
      print_row(row, list, several)
    end
  end
  if #list.rows == 0 then print "\nThere is nothing on the list." end
  print ""
  for _, line in ipairs(purposes.lines(today.steps(list), core.system.width())) do
    say(core.escape(line), "dim")
  end
  if #list.rows > 0 then print "" end
  say("These are suggestions: people decide. A number stands for its pupil until you are given another list.", "dim")
end

-- The file to fill in --------------------------------------------------------------

-- Read here: mostly the list is only shown.
local function csv_text(list) return require("waymark.today.csv").text(list) end
local function page_text(list) return require("waymark.today.page").text(list) end

local writers = { csv = csv_text, html = page_text, htm = page_text }

local function writer_of(path)
  if files.exists(path) then
    problem.raise("%s is there already, and somebody may have filled it in; choose another name", path)
  end
  local writer = writers[(path:match "%.(%w+)$" or ""):lower()]
  return writer or problem.raise("-o %s: a list is a .csv or a .html file; give it such a name", path)
end

local function say_file(list, arguments)
  local path, fillable = arguments.output, 0
  for _, row in ipairs(list.rows) do
    if today.fillable[row.section] then fillable = fillable + 1 end
  end
  print(("%s, %s of %s, is in %s"):format(wording.count(fillable, "line to fill in", "lines to fill in"),
    "the list", core.date.english(list.day), path))
  if path:find "%.csv$" then print("When it is filled in: " .. common.to_type(arguments, "import actions " .. path)) end
end

function command.run(arguments)
  local writer = arguments.output and writer_of(arguments.output)
  local space = common.open(arguments, "write")
  local list, written
  local ok, fault = pcall(space.change, space, false, function()
    space:load_plugins()
    list = today.build(space, common.filter(space, arguments), arguments)
    today.keep(space, list, writer ~= nil or not core.system.is_terminal "stdout")
    if not writer then return end
    space:lock() -- a list with the same numbers changed nothing
    written = problem.check(files.write(arguments.output, writer(list))) -- its numbers count with it
  end, true)
  if not ok then
    if written then os.remove(arguments.output) end
    error(fault, 0)
  end
  space:close()
  if writer then
    say_file(list, arguments)
  elseif arguments.format == "json" then
    local several = #list.schools > 1
    local items = {}
    for i, row in ipairs(list.rows) do items[i] = item_of(row, list, several) end
    for _, why in ipairs(list.failing) do
      items[#items + 1] = { list = list.id, section = "failing", title = "To know", why = wording.capital(why) }
    end
    terminal.json_list(tables.each(items))
  elseif arguments.format == "csv" then
    io.write(csv_text(list))
  else
    write_table(list)
  end
  if list.to_come and (writer or arguments.format ~= "table") then terminal.warn("%s", list.to_come) end
  for _, why in ipairs(list.failing) do terminal.warn("%s", why) end
end

return command
