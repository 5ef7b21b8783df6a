-- intake/calendars: calendars that others publish as days of a school: iCalendar files (.ics) of terms and
-- holidays, and GOV.UK's list of bank holidays (JSON). The core reads the events; what each of them is, is told
-- here by its words.
--
--   1. An event is of days on which school is open, of days on which it is closed, the beginning or the end of
--      either, or none of these. What its words do not decide is left out with the reason.
--   2. Days of terms are Mondays to Fridays. What is closed goes before what is open.
--   3. Of bank holidays only those of school years that the workspace has days of.

local core = require "waymark.core"
local files = require "waymark.base.files"
local problem = require "waymark.base.problem"
local scratch = require "waymark.base.scratch"
local words = require "waymark.base.words"

local calendars = {}

local date = core.date

-- What words say ---------------------------------------------------------------------

-- Patterns for a summary in small letters with spaces for what is no letter or digit and one at each end; of
-- several the first that fits counts. `is` is what the event is of; `edge`, which end of it.
local meanings = {
  { is = "none", " club ", " office ", " library ", " reminder ", " fair ", " disco ", " concert ", " trip ",
    " assembly ", " open evening ", " open day ", " open morning " },
  { is = "part", " early clos", " early finish", " finish early ", " closes? early ", " half day ", " noon ",
    " midday ", " closes? at %d", " finish at %d", " finishes at %d", " late start " },
  { is = "closed", " inset ", " in service ", " training day", " staff training ", " staff day ", " non pupil day",
    " pd day ", " professional development ", " staff development " },
  { is = "some", " years? %d", " yrs? %d", " reception ", " nursery ", " sixth form ", " new starters ",
    " new pupils " },
  { is = "closed", edge = "first", " first day of .*half term ", " first day of .*holiday", " half term begins ",
    " half term starts? ", " holidays? begins? ", " holidays? starts? ", " start of .*half term ",
    " start of .*holiday" },
  { is = "closed", edge = "last", " last day of .*half term ", " last day of .*holiday", " half term ends? ",
    " holidays? ends? ", " end of .*half term ", " end of .*holiday" },
  { is = "open", edge = "last", " break up ", " breaks up ", " last day of .*term ", " last day of school ",
    " last day before ", " end of .*term ", " terms? ends? ", " school closes? for ", " finish for " },
  { is = "open", edge = "first", " terms? starts? ", " terms? begins? ", " start of .*term ", " first day of .*term ",
    " first day of school ", " first day back ", " school re ?opens? ", " school opens? ", " return to school ",
    " back to school ", " return after ", " back after ", " pupils return ", " children return ", " students return " },
  { is = "closed", "^ closed ", " school.* closed ", " closed to ", " school closure ", " bank holiday",
    " public holiday", " good friday ", " easter monday ", " half term [%d ]*$", " half term holiday",
    " half term break ", " half term week ", " holidays? [%d ]*$", " vacation ", " christmas break ", " easter break ",
    " summer break " },
  { is = "open", " term " },
}

-- Words of an event that somebody has to look at when nothing above fits.
local about_school = { " term ", " half term ", " holiday", " inset ", " closed ", " closure " }

-- Words that no days of a term have.
local not_open = { " half term ", " holiday", " closed ", " closure ", " break ", " vacation " }

local longest = { half_term = 16, closed = 70 } -- days; a half of a term, a whole term are longer
local shortest_term = 10
local most_examples = 5

local function plain(text)
  return " " .. text:lower():gsub("half%-?term", "half term"):gsub("[^%w\128-\255]+", " ") .. " "
end

local function first_that_fits(text)
  for _, meaning in ipairs(meanings) do
    for _, pattern in ipairs(meaning) do
      if text:find(pattern) then return meaning end
    end
  end
end

local function has_any(text, patterns)
  for _, pattern in ipairs(patterns) do
    if text:find(pattern) then return true end
  end
  return false
end

-- -> what, edge | nil, why not. `why` is nil where an event is about something else.
local function meaning_of(event)
  local text = plain(event.summary)
  local found = first_that_fits(text)
  if found and found.is == "none" or not found and not has_any(text, about_school) then return nil end
  if event.status ~= "" then return nil, "it is cancelled" end
  if event.first == "" then return nil, "its day cannot be read" end
  if event.repeats ~= "" then return nil, "it comes again and again; give each of its days an event" end
  if not found then return nil, "its words do not say whether school is open or closed" end
  if found.is == "part" then return nil, "it is of a part of a day; give that day in a CSV file, with am and pm" end
  if found.is == "some" then
    if not has_any(text, about_school) and not text:find " school " then return nil end
    return nil, "it is for some of the pupils; give the days of the whole school in a CSV file"
  end
  if found.edge then return found.is, found.edge end
  local days = date.between(event.first, event.last) + 1
  if found.is == "open" and has_any(text, not_open) then
    return nil, "its words do not say whether school is open or closed"
  end
  if found.is == "open" and days < shortest_term then
    return nil, ("a term of %s; say whether it begins or ends there"):format(words.count(days, "day"))
  end
  if found.is == "closed" and days > (text:find " half term " and longest.half_term or longest.closed) then
    return nil, ("%s are too many for a holiday; say whether school is open or closed"):format(words.count(days, "day"))
  end
  return found.is
end

-- Days -------------------------------------------------------------------------------

local function each_weekday(first, last)
  local day = date.add(first, -1)
  return function()
    repeat day = date.add(day, 1) until date.weekday(day) <= 5
    if day <= last then return day end
  end
end

-- Beginnings and ends of one kind become spans; what has no other end is left out.
local function pair(events, spans, left)
  local opened
  for _, event in ipairs(events) do
    if event.edge == "first" then
      opened = opened or event
    elseif opened then
      spans[#spans + 1] = { is = event.is, first = opened.first, last = event.last }
      opened = nil
    else
      left[#left + 1] = { event = event, why = "nothing says when that began" }
    end
  end
  if opened then left[#left + 1] = { event = opened, why = "nothing says when that ends" } end
end

local function without(list, left)
  local gone, kept = {}, {}
  for _, each in ipairs(left) do gone[each.event] = true end
  for _, event in ipairs(list) do
    if not gone[event] then kept[#kept + 1] = event end
  end
  return kept
end

-- Events { summary, first, last, starts, ends, repeats, status, line } in any order ->
--   { days = { { date, open }, … }, taken = events with `is` and `edge`, left = { { event, why }, … },
--     others = how many are about something else }
function calendars.judge(events)
  local spans, edges, taken, left, others = {}, { open = {}, closed = {} }, {}, {}, 0
  table.sort(events, function(a, b)
    if a.first ~= b.first then return a.first < b.first end
    return a.line < b.line
  end)
  for _, event in ipairs(events) do
    local is, detail = meaning_of(event)
    event.is, event.edge = is, is and detail or nil
    if is then
      taken[#taken + 1] = event
      if detail then table.insert(edges[is], event) else spans[#spans + 1] = event end
    elseif detail then
      left[#left + 1] = { event = event, why = detail }
    else
      others = others + 1
    end
  end
  for _, is in ipairs { "open", "closed" } do pair(edges[is], spans, left) end
  local open = {}
  for _, is in ipairs { "open", "closed" } do
    for _, span in ipairs(spans) do
      if span.is == is then
        for day in each_weekday(span.first, span.last) do open[day] = is == "open" end
      end
    end
  end
  local days = {}
  for day in pairs(open) do days[#days + 1] = { date = day, open = open[day] } end
  table.sort(days, function(a, b) return a.date < b.date end)
  return { days = days, taken = without(taken, left), left = left, others = others }
end

-- Files ------------------------------------------------------------------------------

local function records(path, reading)
  local reader = problem.check(core.csv(path, { reading = reading }))
  local headings, list = reader:headings(), {}
  while true do
    local row, message, machine = reader:next()
    if not row then
      reader:close()
      if message then problem.check(nil, message, machine) end
      return list
    end
    local record = { line = row.line }
    for i, heading in ipairs(headings) do record[heading] = row.cells[i] or "" end
    list[#list + 1] = record
  end
end

-- What a file is, by its beginning: "ical", "bank-holidays", or nil.
function calendars.form(path)
  local file <close> = files.is_ordinary(path) and io.open(path, "rb") or nil
  local text = file and file:read(4096)
  if not text then return nil end
  if text:find "^\xEF?\xBB?\xBF?%s*BEGIN:VCALENDAR" then return "ical" end
  if text:find "^\xEF?\xBB?\xBF?%s*{" and text:find('"england-and-wales"', 1, true) then return "bank-holidays" end
end

-- The days of such a file, as `judge` gives them. `has_days(day)`: whether the workspace knows the school year.
function calendars.read(path, form, has_days)
  if form == "ical" then return calendars.judge(records(path)) end
  local events, others = {}, 0
  for _, holiday in ipairs(records(path, { records = "england-and-wales.events" })) do
    local day = date.parse(holiday.date or "")
    if day and has_days(day) then
      events[#events + 1] = { summary = holiday.title ~= "" and holiday.title .. ", bank holiday" or "Bank holiday",
        first = day, last = day, repeats = "", status = "", line = holiday.line }
    else
      others = others + 1
    end
  end
  local judged = calendars.judge(events)
  judged.others = judged.others + others
  return judged
end

-- What each event was taken for, a line each: "Mon 27 Oct 2025 to Fri 31 Oct 2025  Half term: closed".
function calendars.preview(judged)
  local lines = {}
  for _, event in ipairs(judged.taken) do
    local when = date.short(event.first)
    if event.last ~= event.first then when = when .. " to " .. date.short(event.last) end
    local what = event.is == "open" and "open, Mondays to Fridays" or "closed"
    if event.edge then
      what = ("%s day that school is %s"):format(event.edge == "first" and "the first" or "the last", event.is)
    end
    lines[#lines + 1] = ("%s: %s: %s"):format(when, event.summary, what)
  end
  return lines
end

-- The days as lines of a file that the import of calendars takes, of each of some schools.
local function file_of(judged, schools)
  local lines = { "school,date,am,pm\n" }
  for _, school in ipairs(schools) do
    for _, day in ipairs(judged.days) do
      local open = day.open and 1 or 0
      lines[#lines + 1] = core.csv_line { school.key, day.date, open, open }
    end
  end
  return table.concat(lines)
end

-- The schools that a file is of. Terms are those of one school; bank holidays are everybody's.
local function schools_of(space, form, named)
  local all = space:schools()
  if #all == 0 then problem.raise "the workspace has no school yet; put a school block into waymark.lua" end
  if named then
    local id = problem.check(space.store:school_id(named))
    for _, school in ipairs(all) do
      if school.id == id then return { school } end
    end
  end
  if form == "ical" and #all > 1 then
    problem.raise "a calendar of events names no school; say whose it is with --school KEY"
  end
  return all
end

local function known_years(space, schools)
  local known, any = {}, false
  for _, school in ipairs(schools) do
    for _, day in ipairs(problem.check(space.store:days(school.id, "1900-01-01", "2199-12-31"))) do
      known[date.academic_year(day[1])], any = true, true
    end
  end
  if not any then problem.raise "there is no calendar yet; import the terms first, then the bank holidays" end
  return function(day) return known[date.academic_year(day)] end
end

local function examples_of(left)
  local examples = {}
  for i = 1, math.min(#left, most_examples) do
    local event, when = left[i].event, ""
    if event.first ~= "" then when = date.short(event.first) .. ": " end
    examples[i] = { line = event.line, words = ("%s%s: %s"):format(when, event.summary, left[i].why) }
  end
  return examples
end

-- Take in such a file. `take(path)` imports a file of days and gives its report, which gets `events` (what each was
-- taken for, in words), `other_events`, and events left out among its reasons.
-- `options`: file, school, strict.
function calendars.import(space, form, options, take)
  local schools = schools_of(space, form, options.school)
  local judged = calendars.read(options.file, form, form == "bank-holidays" and known_years(space, schools))
  if #judged.left > 0 and options.strict then
    problem.raise("nothing of %s was taken: %s could not be; import without --strict, or give those days in a CSV file",
      options.file, words.count(#judged.left, "event"))
  end
  local top, name = space.folder .. "/.calendar", options.file:match "[^/]*$"
  scratch.clear(top)
  local place = scratch.new(top, top, { name })
  scratch.take(place)
  local ok, report = pcall(function()
    problem.check(files.write(place.path .. "/" .. name, file_of(judged, schools)))
    return take(place.path .. "/" .. name)
  end)
  scratch.leave(place)
  if not ok then error(report, 0) end
  report.events, report.other_events = calendars.preview(judged), judged.others
  if #judged.left > 0 then
    report.left_out = report.left_out + #judged.left
    table.insert(report.reasons, { name = "event", sentence = "an event does not say whether school is open",
      count = #judged.left, examples = examples_of(judged.left) })
  end
  return report
end

return calendars
