-- waymark calendar show: the year as a person would check it.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local problem = require "waymark.base.problem"
local settings = require "waymark.workspace.settings"
local tables = require "waymark.base.tables"
local terminal = require "waymark.base.terminal"
local words = require "waymark.base.words"
local years = require "waymark.workspace.years"

local calendar = {
  name = "calendar",
  summary = "Show the school year: open days, half terms, the number of days.",
  example = "waymark calendar show --year 2025-26",
}

function calendar.options(parser)
  parser:argument("what", "show"):choices { "show" }
  parser:option("--year", "The academic year, such as 2025-26 (else: all)."):argname "YEAR"
  parser:option("--school", "The school, when there are several."):argname "SCHOOL"
  common.format(parser)
end

-- One line a week: its Monday and a sign for each day.
local function print_weeks(year)
  local monday, month = core.date.monday(year.first), nil
  while monday <= year.last do
    local signs, any = {}, false
    for i = 0, 6 do
      local day = year.days[core.date.add(monday, i)]
      any = any or (day and (day[2] or day[3]))
      local sign = not day and "·" or day[2] and (day[3] and "█" or "▀") or day[3] and "▄" or "×"
      if i < 5 or day then signs[#signs + 1] = sign end
    end
    local name = words.month(monday)
    print(("  %-10s %s  %s%s"):format(name ~= month and name or "", monday, table.concat(signs, " "),
      any and "" or terminal.paint("dim", "   no school")))
    month = name
    monday = core.date.add(monday, 7)
  end
end

local function print_year(school, year, bank_holidays)
  print(terminal.paint("bold", ("%s, %s"):format(school.name, year.name)))
  if year.open == 0 then
    print "  No open day.\n"
    return
  end
  print(("  %s to %s: %s, %s"):format(core.date.short(year.first), core.date.short(year.last),
    words.count(year.open, "school day"), words.count(year.sessions, "session")))
  local closed = {}
  for i, date in ipairs(year.closed) do closed[i] = core.date.short(date) end
  if #closed > 0 then print("  Closed or training days: " .. table.concat(closed, ", ")) end
  for _, remark in ipairs(years.remarks(year, bank_holidays, true)) do
    print(terminal.paint("yellow", ("  Please check: %s."):format(remark)))
  end
  print_weeks(year)
  print "  █ open  ▀ morning only  ▄ afternoon only  × closed or training  · no school\n"
end

local function add_rows(rows, school, chosen)
  for _, year in ipairs(chosen) do
    local dates = {}
    for date in next, year.days do dates[#dates + 1] = date end
    table.sort(dates)
    for _, date in ipairs(dates) do
      local day = year.days[date]
      rows[#rows + 1] = { school = school.key, date = date, am = day[2] and 1 or 0, pm = day[3] and 1 or 0 }
    end
  end
end

-- The schools with a function that gives their days. One that only the settings
-- know yet has the days of the settings.
local function schools_of(space)
  local list, known = {}, {}
  for _, school in ipairs(space:schools()) do
    known[school.key:lower()] = true
    list[#list + 1] = { id = school.id, key = school.key, name = school.name, days = function()
      return problem.check(space.store:days(school.id, "1900-01-01", "2199-12-31"))
    end }
  end
  for _, school in ipairs(space.settings.schools) do
    if not known[school.key:lower()] then
      local own = #school.years > 0 and school.years or space.settings.years
      list[#list + 1] = { key = school.key, name = school.name, days = function() return settings.days(own) end }
    end
  end
  if #list == 0 then
    problem.raise "there is no school yet; fill in school { … } in waymark.lua, or import schools"
  end
  return list
end

local function chosen_years(school, wanted)
  local chosen = {}
  for _, year in ipairs(years.of(school.days())) do
    if not wanted or wanted == year.name then chosen[#chosen + 1] = year end
  end
  if #chosen == 0 then
    problem.raise("%s has no calendar%s; fill in year { … } in waymark.lua, or import a calendar",
      school.name, wanted and " for " .. wanted or "")
  end
  return chosen
end

function calendar.run(arguments)
  local space = common.open(arguments, "read")
  local rows, shown, bank_holidays = {}, false, years.bank_holidays(space)
  local wanted = arguments.school and core.fold(arguments.school)
  local id = wanted and space.store:school_id(arguments.school)
  for _, school in ipairs(schools_of(space)) do
    local is_new = not school.id and (wanted == core.fold(school.key) or wanted == core.fold(school.name))
    if not wanted or is_new or (id and school.id == id) then
      local chosen = chosen_years(school, arguments.year)
      add_rows(rows, school, chosen)
      shown = true
      if arguments.format == "table" then
        for _, year in ipairs(chosen) do print_year(school, year, bank_holidays(school.key)) end
      end
    end
  end
  if not shown then problem.raise('there is no school "%s"; leave --school out to see them all', arguments.school) end
  if arguments.format == "csv" then
    io.write "school,date,am,pm\n"
    for _, row in ipairs(rows) do io.write(terminal.csv_line { row.school, row.date, row.am, row.pm }) end
  elseif arguments.format == "json" then
    terminal.json_list(tables.each(rows))
  end
  space:close()
end

return calendar
