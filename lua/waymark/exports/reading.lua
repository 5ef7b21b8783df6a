-- exports/reading: what a file is, out of its examination (examine.file): its kind, which heading is which column,
-- its shape, the order of its dates, its marks; and how it is to be read. Where there is doubt it says so, and what
-- would settle it.
--
--   reading.find(facts, kind, given, codes) -> findings
--     facts     of examine.file; kind: what it is to be taken in as, or nil: found
--     given     a reading, of a profile or a person: what it says is not doubted
--     codes     of the register: { text = meaning }
--   reading.kind(list) -> kind | nil   by its headings alone
--   reading.is_of(kind, list, given) -> boolean   whether headings are of a kind, as a reading names its columns
--   findings
--     kind      "marks", "pupils" …, "totals" | nil: none that is known
--     shape     of marks
--     columns   { { name, heading, how = "name"|"alias"|"content"|"profile", over = another heading that could be
--               it }, … }, in the order of the file
--     sessions  of a grid: how many columns are sessions
--     unused    headings
--     dates     { order, evidence } | nil: it has none, or they are in doubt
--     first, last   the days that it covers
--     marks     { { text, count, code, meaning | nil }, … }, the most frequent first; is_to_count: only a pass over all
--               records can tell them, for reading.put_marks(findings, { text = count }, codes)
--     doubts    { { what, todo }, … }
--     reading   as core takes it

local core = require "waymark.core"
local headings = require "waymark.exports.headings"
local tables = require "waymark.base.tables"
local words = require "waymark.base.words"
local profiles = core.sdk "profile"

local reading = {}

local function doubt(findings, what, todo) findings.doubts[#findings.doubts + 1] = { what = what, todo = todo } end

-- Headings that are sessions ----------------------------------------------------------

local halves = { am = "AM", pm = "PM", a = "AM", p = "PM", morning = "AM", afternoon = "PM" }

local months = tables.set "jan feb mar apr may jun jul aug sep oct nov dec"

-- The day of a heading of a grid, as it is written, and its half, if it says one.
local function session_of(text)
  local day = text:match "%d%d%d%d[-/.]%d%d?[-/.]%d%d?" or text:match "%d%d?[-/.]%d%d?[-/.]%d%d%d%d"
    or text:match "%d%d?%a*[%s-]%a%a%a%a*[%s-]%d%d%d%d" or text:match "%f[%w]%d%d?[/-]%d%d?%f[^%w/-]"
  local named, month = text:match "%f[%w](%d%d?%a*%s(%a%a%a)%a*)"
  if not day and month and months[month:lower()] then day = named end
  if not day then return nil end
  local at = text:find(day, 1, true)
  return day, halves[headings.fold(text:sub(at + #day))] or halves[text:sub(1, at - 1):lower():match "(%a+)%s*$" or ""]
end

local function is_half(text) return halves[headings.fold(text)] ~= nil end

-- Which columns of a file are sessions, by their places: two heading rows come as one, "8/9/2025 AM".
local function sessions_of(list)
  local sessions = {}
  for place, heading in ipairs(list) do
    local day, half = session_of(heading)
    if day then sessions[#sessions + 1] = { place = place, day = day, half = half } end
  end
  return sessions
end

-- Dates ---------------------------------------------------------------------------------

-- What an order is held to is the core's (store/csv/orders): proved by cells, or said, and refused where they speak
-- against it; its doubts come first. Here is what comes before that: the evidence for people, the headings of a grid,
-- which are no cells, and weekends, where nothing is proved. What is found so goes to the core as what is said.

-- How the days of texts are written: counts by form, as examine.file has them of a column.
local function forms_of(texts)
  local dates = { iso = 0, day_first_only = 0, month_first_only = 0, either = 0, serial = 0, words = 0 }
  for _, text in ipairs(texts) do
    local a, b = text:match "^(%d%d?)[-/.](%d%d?)[-/.]%d%d%d%d"
    a, b = tonumber(a), tonumber(b)
    local form = text:find "^%d%d%d%d" and "iso" or not a and "words" or a > 12 and "day_first_only"
      or b > 12 and "month_first_only" or a == b and "iso" or "either"
    dates[form] = dates[form] + 1
  end
  return dates
end

-- How a text that is a day of numbers is read in an order; nil, when it is no such day.
local function day_of(text, order)
  local a, b, year = text:match "^(%d%d?)[-/.](%d%d?)[-/.](%d%d%d%d)"
  if order == "month-first" then a, b = b, a end
  return a and core.date.parse(("%04d-%02d-%02d"):format(year, b, a)) or nil
end

-- Of days as they are written, how many would be on a Saturday or Sunday, read in an order; of the headings of a grid
-- also how many would come before the one before them.
local function oddities(texts, order, is_grid)
  local n, last = 0, nil
  for _, text in ipairs(texts) do
    local day = day_of(text, order)
    if day and (core.date.english(day):find "^S" or is_grid and last and day < last) then n = n + 1 end
    last = day
  end
  return n
end

-- Of days of school alone weekends say something, and only for what is usual here: month first is asked about.
-- -> { order, evidence } | nil, what cannot be decided
local function order_of(dates, texts, is_of_school, is_grid)
  local only_day, only_month, either = dates.day_first_only or 0, dates.month_first_only or 0, dates.either or 0
  local all = only_day + only_month + either
  if all == 0 then return { evidence = "they can be read in one way only" } end
  if only_day > 0 and only_month > 0 then
    return nil, ("%s can only be day first, and %s only month first"):format(words.count(only_day, "date"),
      words.number(only_month))
  elseif only_day > 0 then
    return { order = "day-first", evidence = ("%s of %s can only be day first"):format(words.number(only_day),
      words.number(all)) }
  elseif only_month > 0 then
    return { order = "month-first", evidence = ("%s of %s can only be month first"):format(words.number(only_month),
      words.number(all)) }
  end
  local as_month = is_of_school and oddities(texts, "month-first", is_grid) or 0
  if as_month > 0 and oddities(texts, "day-first", is_grid) == 0 then
    local evidence = "read the other way, %s of %s would be on Saturdays or Sundays%s"
    return { order = "day-first", evidence = evidence:format(words.number(as_month), words.number(#texts),
      is_grid and ", or out of order" or "") }
  end
  return nil, ("%s such as %s can be day first or month first"):format(all == 1 and "a date" or "dates",
    texts[1] or "2/3/2026")
end

local function texts_of(column)
  local texts = {}
  for text in next, column.distinct or {} do texts[#texts + 1] = text end
  table.sort(texts)
  return texts
end

local function find_dates(findings, dates, texts, given, is_grid)
  if given.dates then
    local other = given.dates == "day-first" and "month" or "day"
    local against = is_grid and dates[other .. "_first_only"] or 0
    if against > 0 then
      doubt(findings, ("its dates are said to be %s, but %s can only be %s first"):format((given.dates:gsub("-", " ")),
        words.count(against, "heading"), other), ("say --dates %s-first (it goes before a profile)"):format(other))
    else
      findings.dates = { order = given.dates, evidence = "as it was said" }
    end
    return
  end
  local found, why = order_of(dates, texts, findings.kind == "marks", is_grid)
  findings.dates = found
  if not found then doubt(findings, why, "say --dates day-first or --dates month-first") end
end

-- Of the dates of a column: what is proved or said is doubted where its other dates speak against it.
local function find_dates_of(findings, column, given)
  local orders = column.orders or {}
  local against = given.dates and (orders[given.dates] or {}).doubt or not given.dates and orders.doubt
  if against then
    doubt(findings, against.what, against.todo)
    return
  end
  find_dates(findings, column.dates or {}, texts_of(column), given)
end

-- Columns --------------------------------------------------------------------------------

local function filled(facts, column) return facts.records - (column.blank or 0) end

-- The places of what a profile or a person says, by the column that it is.
local function given_places(list, given, findings)
  local by_fold, places = {}, {}
  for place, heading in ipairs(list) do
    local folded = headings.fold(heading)
    by_fold[folded] = by_fold[folded] or place
  end
  for name, said in next, given.columns or {} do
    for _, heading in ipairs(type(said) == "table" and said or { said }) do
      places[name] = places[name] or by_fold[headings.fold(heading)]
    end
    local nearest = not places[name] and given.is_asked and core.nearest(type(said) == "table" and said[1] or said,
      list)
    if not places[name] and given.is_asked then
      doubt(findings, ('it has no heading "%s"'):format(said), nearest and ('did you mean "%s"?'):format(nearest)
        or "write it as it stands in the file")
    end
  end
  return places
end

-- { name = { place, how } } of the columns that the headings name; where several would be one, the one whose heading
-- comes first among those of the column. The same heading twice is a doubt.
local function named_columns(list, kind, given, findings, is_taken)
  local found = {}
  for name, place in next, given_places(list, given, findings) do found[name] = { place = place, how = "profile" } end
  local used = {}
  for _, each in next, found do used[each.place] = true end
  for place, heading in ipairs(list) do
    local name, how, rank = headings.of(kind, heading)
    local other = name and not used[place] and not is_taken[place] and found[name]
    if name and other == nil or other and other.rank and rank < other.rank then
      found[name] = { place = place, how = how, rank = rank, over = other and list[other.place] }
    elseif other and other.rank == rank then
      other.twice = other.twice or heading
    elseif other and other.rank then
      other.over = other.over or heading
    end
  end
  return found
end

local enough = 0.8 -- of the cells of a column, for what it is to be known by them

local function share(n, facts, column)
  local all = filled(facts, column)
  return all > 0 and n / all or 0
end

-- Whether nearly all texts of a column are in a set, whatever their case.
local function are_all(column, set)
  local n, all = 0, 0
  for text, count in next, column.distinct or {} do
    all = all + count
    if set[text] or set[text:upper()] or set[headings.fold(text)] then n = n + count end
  end
  return all > 0 and n / all >= enough
end

-- What no heading says and the kind and shape need, by what stands in the cells; only where one column alone can be it.
local function content_columns(facts, kind, found, codes, is_taken, is_grid)
  local used = {}
  for _, each in next, found do used[each.place] = true end
  local function add(name, test)
    local place
    for i, column in ipairs(found[name] and {} or facts.columns) do
      if not used[i] and not is_taken[i] and filled(facts, column) > 0 and test(column) then
        if place then return end
        place = i
      end
    end
    if place then found[name], used[place] = { place = place, how = "content" }, true end
  end
  if not found.admission_number then
    add("upn", function(column) return share(column.upn or 0, facts, column) >= enough end)
  end
  if kind ~= "marks" or is_grid or found.marks then return end
  add("date", function(column)
    local n = 0
    for form, count in next, column.dates or {} do
      if form ~= "serial" then n = n + count end
    end
    return share(n, facts, column) >= enough
  end)
  if found.am and found.pm then return end
  add("session", function(column) return are_all(column, halves) end)
  add("code", function(column) return are_all(column, codes) end)
end

local function column_list(facts, found)
  local list, used = {}, {}
  for name, each in next, found do
    list[#list + 1] = { name = name, heading = facts.headings[each.place], place = each.place, how = each.how,
      over = each.over }
    used[each.place] = true
  end
  table.sort(list, function(a, b) return a.place < b.place end)
  return list, used
end

-- Cells can look like what they are not: a person has to say so.
local function doubt_guesses(findings)
  local shown, options = {}, {}
  for _, each in ipairs(findings.columns) do
    if each.how == "content" then
      shown[#shown + 1] = ('%s "%s"'):format(each.name, each.heading)
      options[#options + 1] = ('--column %s="%s"'):format(each.name, each.heading)
    end
  end
  if #shown == 0 then return end
  doubt(findings, "only what stands in the cells says which columns are which: " .. table.concat(shown, ", "),
    "if that is right, say " .. table.concat(options, " "))
end

-- Kind and shape ----------------------------------------------------------------------------

local function has(found, name)
  for _, each in ipairs(type(name) == "table" and name or { name }) do
    if found[each] then return true end
  end
  return false
end

local function fits(kind, found)
  for _, name in ipairs(kind.needs) do
    if not has(found, name) then return false end
  end
  return not (kind.without and has(found, kind.without)) and (not kind.any or has(found, kind.any))
end

function reading.is_of(kind, list, given)
  local found = named_columns(list, kind, given, nil, {})
  if kind == "marks" and #sessions_of(list) > 1 and has(found, { "upn", "admission_number" }) then return true end
  for _, each in ipairs(headings.kinds) do
    if each.name == kind and fits(each, found) then return true end
  end
  return false
end

function reading.kind(list)
  local sessions = sessions_of(list)
  if #sessions > 1 and has(named_columns(list, "marks", {}, nil, {}), { "upn", "admission_number" }) then
    return "marks"
  end
  for _, kind in ipairs(headings.kinds) do
    if fits(kind, named_columns(list, kind.name, {}, nil, {})) then return kind.name end
  end
  return #sessions > 1 and "marks" or nil
end

local function shape_of(found, sessions, given)
  if given.shape then return given.shape end
  if #sessions > 1 then return "grid" end
  if found.marks and (found.start or given.starts) then return "string" end
  if found.date and found.am and found.pm then return "daily" end
  if found.date and (found.code or found.session) then return "long" end
end

-- What each shape cannot be without, and the words for it.
local needed = {
  long = { "date", "session", "code" }, daily = { "date", "am", "pm" }, grid = {}, string = { "marks" },
}
local column_words = { upn = "the pupil: a UPN or an admission number", date = "the date",
  session = "the session, AM or PM",
  code = "the mark", am = "the morning's mark", pm = "the afternoon's mark", marks = "the string of marks",
  surname = "the surname", forename = "the forename" }

local function need(findings, found, name)
  if found[name] then return end
  doubt(findings, ("no heading says which column is %s"):format(column_words[name]),
    ('say --column %s="HEADING"'):format(name))
end

-- Marks -----------------------------------------------------------------------------------------

local function add_marks(counts, distinct)
  for text, n in next, distinct or {} do counts[text] = (counts[text] or 0) + n end
end

local function find_marks(findings, facts, found, sessions, codes)
  local counts = {}
  if findings.shape == "grid" then
    for _, each in ipairs(sessions) do add_marks(counts, (facts.columns[each.place] or {}).distinct) end
  else
    for _, name in ipairs { "code", "am", "pm" } do
      local distinct = found[name] and facts.columns[found[name].place].distinct
      findings.is_to_count = findings.is_to_count or found[name] and not distinct
      add_marks(counts, distinct)
    end
    findings.is_to_count = findings.is_to_count or findings.shape == "string"
  end
  reading.put_marks(findings, counts, codes)
end

-- The marks of a file, by { text = count }.
function reading.put_marks(findings, counts, codes)
  findings.marks = {}
  for text, count in next, counts do
    local sub = findings.given.sub_codes and findings.given.sub_codes[text]
    local code = findings.given.marks and findings.given.marks[text] or sub or text
    findings.marks[#findings.marks + 1] = { text = text, count = count, code = code,
      meaning = (code == "" or code == "-") and "no mark" or codes[code] }
  end
  table.sort(findings.marks, function(a, b)
    return a.count > b.count or a.count == b.count and a.text < b.text
  end)
end

-- All -----------------------------------------------------------------------------------------------

local function find_of_marks(findings, facts, found, sessions, codes)
  local given = findings.given
  findings.shape = shape_of(found, sessions, given)
  if not findings.shape then
    doubt(findings, "its shape is not known: a row a mark, a row a day, a column a session, a string of marks",
      "say --shape long, daily, grid or string")
    return
  end
  for _, name in ipairs(needed[findings.shape]) do need(findings, found, name) end
  if findings.shape == "string" and not found.start and not given.starts then
    doubt(findings, "it does not say from which day its strings of marks go", "say --starts DATE")
  end
  if findings.shape == "grid" then
    local texts = {}
    for i, each in ipairs(sessions) do texts[i] = each.day end
    findings.sessions = #sessions
    find_dates(findings, forms_of(texts), texts, given, true)
    for _, text in ipairs { texts[1] or "", texts[#texts] or "" } do
      local day = day_of(text, findings.dates and findings.dates.order) or core.date.parse(text)
      if day then findings.first, findings.last = findings.first or day, day end
    end
  else
    local column = found.date or found.start
    column = column and facts.columns[column.place]
    if column then
      find_dates_of(findings, column, given)
      local days = findings.dates and column.orders and column.orders[findings.dates.order or "day-first"] or {}
      findings.first, findings.last = days.first, days.last
    end
  end
  find_marks(findings, facts, found, sessions, codes)
end

local function find_of_people(findings, facts, found)
  need(findings, found, "surname")
  if findings.kind == "pupils" then need(findings, found, "forename") end
  for _, name in ipairs { "dob", "joined", "left", "checked_on" } do
    local column = found[name] and facts.columns[found[name].place]
    if column and name == "dob" then
      find_dates_of(findings, column, findings.given)
    elseif column then -- where these can be read both ways, the birthdays tell
      local orders = column.orders or {}
      local order = findings.given.dates or findings.dates and findings.dates.order
      local against = order and (orders[order] or {}).doubt or not order and orders.doubt
      if against then doubt(findings, against.what, against.todo) end
    end
  end
end

-- As core takes it: what was found, under what was given.
local function whole_reading(findings, facts)
  local columns = {}
  for _, each in ipairs(findings.columns) do columns[each.name] = each.heading end
  local found = { columns = columns, shape = findings.shape, dates = findings.dates and findings.dates.order,
    heading = facts.heading, heading_rows = facts.heading_rows }
  local given = {}
  for name, value in next, findings.given do
    if name ~= "columns" and name ~= "is_asked" then given[name] = value end
  end
  return profiles.over(found, given)
end

function reading.find(facts, kind, given, codes)
  given = given or {}
  local sessions = sessions_of(facts.headings)
  local findings = { given = given, doubts = {}, unused = {}, columns = {} }
  findings.found_kind = reading.kind(facts.headings)
  findings.kind = kind or findings.found_kind
  if facts.records == 0 and (#facts.headings < 2 or facts.sheets and not findings.found_kind) then
    doubt(findings, ("there is nothing in %s that can be taken in"):format(facts.sheets and "this sheet" or "it"),
      facts.sheets and ("say --sheet NAME: %s"):format(facts.sheets) or "export it again")
    return findings
  end
  if not profiles.columns[findings.kind or ""] then return findings end
  local is_taken = {}
  local is_grid = findings.kind == "marks" and #sessions > 1
  for _, each in ipairs(is_grid and sessions or {}) do is_taken[each.place] = true end
  local found = named_columns(facts.headings, findings.kind, given, findings, is_taken)
  content_columns(facts, findings.kind, found, codes or {}, is_taken, is_grid)
  for name, each in next, found do
    if each.twice then
      doubt(findings, ('"%s" and "%s" can both be %s'):format(facts.headings[each.place], each.twice,
        column_words[name] or name), ('say --column %s="HEADING"'):format(name))
    end
  end
  if not found.upn and not found.admission_number then need(findings, found, "upn") end
  if findings.kind == "marks" then
    find_of_marks(findings, facts, found, sessions, codes or {})
  else
    find_of_people(findings, facts, found)
  end
  local used
  findings.columns, used = column_list(facts, found)
  doubt_guesses(findings)
  for place, heading in ipairs(facts.headings) do
    if not used[place] and not is_taken[place] and not is_half(heading) and heading ~= "" then
      findings.unused[#findings.unused + 1] = heading
    end
  end
  table.sort(findings.doubts, function(a, b) return a.what < b.what end)
  findings.reading = whole_reading(findings, facts)
  return findings
end

return reading
