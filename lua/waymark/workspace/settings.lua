-- workspace/settings: waymark.lua, the file that a person edits, read into a table.
--
-- The text runs with its constructors only (school, year, term, inset, closed,
-- staff, start, use, and those of durations): no library, no file, no clock, and no methods
-- of texts. An unknown word names the nearest one.
--
-- It runs as a coroutine that gives each of its words away to be worked out here, so that
-- only its own instructions have nothing else, and little memory and time; a fault is said
-- with the line that it stands at then.
--
-- The result:
--   schools  { { key, was, name, laestab, phase, la, address, phone, email, website, head,
--            uses, years } }: the texts from `address` on stand on letters
--   years    { { name, days = { { date, am, pm }, … } } }: Mondays to Fridays
--            of the terms; half terms left out, training and closed days closed
--   staff    { role = "Name <address>" }
--   by       who records, where nobody says so: a name, or names by the login of the computer
--   uses     { { name, options } } in order
--   start    the day on which the school began with Waymark: earlier concerns
--            raise no line (start "2025-09-01")
--   text     as it was read, without a byte-order mark

local bounds = require "waymark.base.bounds"
local core = require "waymark.core"
local files = require "waymark.base.files"
local tables = require "waymark.base.tables"
local check = core.sdk "check"
local durations = core.sdk "durations"

local settings = {}

local date = core.date
local most_bytes = 256 << 10
local most_memory = 4 << 20 -- of what the text makes itself
local most_seconds = 0.7 -- of the processor
local most_instructions = 100000
local most_days = 400 -- of a term
local most_line = 500 -- bytes of a name, an address, who somebody is

-- What the words of the text made, by what the text has in its place: that is empty, and nothing
-- that is written into it reaches the thing itself.
local made = setmetatable({}, { __mode = "k" })

local function refuse_change() error("what a word made cannot be changed; write it inside its { … }", 0) end

-- A thing as the text has it, which `called` is for.
local function handle(thing, called)
  local given = setmetatable({}, { __metatable = false, __newindex = refuse_change, __call = called })
  made[given] = thing
  return given
end

-- Calendars --------------------------------------------------------------------

local function weekdays(first, last)
  local day, number = first, date.weekday(first)
  return function()
    if number > 5 then day, number = date.add(day, 8 - number), 1 end
    if day > last then return nil end
    local this = day
    day, number = date.add(day, 1), number + 1
    return this
  end
end

local function check_date(value, what)
  local parsed = type(value) == "string" and value:find "^%d%d%d%d%-%d%d%-%d%d$" and date.parse(value)
  if not parsed then
    error(('%s: %s is not a date; write it as "2025-09-01"'):format(what, type(value) == "string" and #value <= 40
      and ('"%s"'):format(value) or check.given(value)), 0)
  end
  local fault = bounds.day_fault(parsed)
  if fault then error(("%s: %s"):format(what, fault), 0) end
  return parsed
end

local function check_pair(pair, what)
  if type(pair) ~= "table" then error(what .. ' takes two dates: { "2025-09-01", "2025-12-19" }', 0) end
  local first, last = check_date(pair[1], what), check_date(pair[2], what)
  if last < first then error(('%s: %s comes after %s'):format(what, first, last), 0) end
  return first, last
end

local term_fields = { [1] = true, [2] = true, half_term = true }

local function new_term(pair)
  local first, last = check_pair(pair, "term")
  for name in next, pair do
    if type(name) ~= "string" and not term_fields[name] then
      error("term takes two dates, and half_term with two more", 0)
    elseif not term_fields[name] then
      error(('term has no field "%s"%s'):format(name, check.did_you_mean(name, { "half_term" })), 0)
    end
  end
  if date.between(first, last) > most_days then
    error(("term: from %s to %s is over a year; write each term by itself"):format(first, last), 0)
  end
  local term = { kind = "term", first = first, last = last }
  if pair.half_term then
    term.half_first, term.half_last = check_pair(pair.half_term, "half_term")
    if term.half_first < first or term.half_last > last then
      error(("half_term: %s to %s is not within the term from %s to %s"):format(term.half_first, term.half_last, first,
        last), 0)
    end
  end
  return handle(term)
end

local function date_list(kind)
  return function(list)
    if type(list) ~= "table" then error(kind .. ' takes dates: { "2025-09-01" }', 0) end
    local dates = { kind = kind }
    for i, value in ipairs(list) do dates[i] = check_date(value, kind) end
    return handle(dates)
  end
end

-- The planned days of a year block, in order; closed ones are there as closed. They mostly come in
-- order, and every command asks.
local function year_days(items)
  local days, open, in_order = {}, {}, true
  local function add(day, is_open)
    if open[day] == nil then
      in_order = in_order and (#days == 0 or days[#days] < day)
      days[#days + 1] = day
    end
    open[day] = is_open
  end
  for _, item in ipairs(items) do
    if item.kind == "term" then
      for day in weekdays(item.first, item.last) do
        local half = item.half_first and day >= item.half_first and day <= item.half_last
        if not half then add(day, true) end
      end
    end
  end
  for _, item in ipairs(items) do
    if item.kind == "inset" or item.kind == "closed" then
      for _, day in ipairs(item) do add(day, false) end
    end
  end
  if not in_order then table.sort(days) end
  for i, day in ipairs(days) do days[i] = { day, open[day], open[day] } end
  return days
end

-- The first and the last day that a block called "2025-26" may name; nil of another name.
local function days_of_name(name)
  local first, last = name:match "^(%d%d%d%d)[-/](%d+)$"
  if not first then return nil end
  local after = ("%04d"):format(first + 1)
  if last ~= after and last ~= after:sub(3) then
    error(('year "%s" is not one school year; it would be "%s-%s"'):format(name, first, after:sub(3)), 0)
  end
  return first .. "-08-01", after .. "-07-31"
end

local function check_name(name, parts)
  local first, last = days_of_name(name)
  local function check_day(day, what)
    if first and (day < first or day > last) then
      local year = date.academic_year(day)
      error(('year "%s": %s: %s is in the school year %s; put it there'):format(name, what, day, year), 0)
    end
  end
  for _, part in ipairs(parts) do
    if part.kind == "term" then
      check_day(part.first, "term")
      check_day(part.last, "term")
    else
      for _, day in ipairs(part) do check_day(day, part.kind) end
    end
  end
end

local function check_terms(name, parts)
  local terms = {}
  for _, part in ipairs(parts) do terms[#terms + 1] = part.kind == "term" and part or nil end
  table.sort(terms, function(a, b) return a.first < b.first end)
  for i = 2, #terms do
    local one, next_one = terms[i - 1], terms[i]
    if next_one.first <= one.last then
      error(('year "%s": the term from %s to %s begins before that from %s to %s has ended'):format(name,
        next_one.first, next_one.last, one.first, one.last), 0)
    end
  end
end

-- Why no pupil comes on a day anyway; nil when it is open.
local function closed_because(day, parts)
  if date.weekday(day) > 5 then return "is a " .. date.english(day):match "^%a+" end
  local why = "is in no term"
  for _, part in ipairs(parts) do
    if part.kind == "term" and day >= part.first and day <= part.last then
      why = part.half_first and day >= part.half_first and day <= part.half_last and "is in half term" or nil
    end
  end
  for _, part in ipairs(parts) do
    if part.kind == "closed" and tables.has(part, day) then return "is closed" end
  end
  return why
end

local function check_training(name, parts)
  for _, part in ipairs(parts) do
    for _, day in ipairs(part.kind == "inset" and part or {}) do
      local why = closed_because(day, parts)
      if why then
        error(('year "%s": inset: %s %s, and no pupil comes anyway; correct it or leave it out'):format(name, day,
          why), 0)
      end
    end
  end
end

local function new_year(name)
  if type(name) ~= "string" then error('year takes a name: year "2025-26" { term {…} }', 0) end
  return function(items)
    if type(items) ~= "table" then error("year takes a table of terms", 0) end
    local parts = {}
    for i, item in ipairs(items) do
      parts[i] = made[item]
      if not parts[i] or not parts[i].kind then
        error(("year: item %d should be term {…}, inset {…} or closed {…}"):format(i), 0)
      end
    end
    check_name(name, parts)
    check_terms(name, parts)
    check_training(name, parts)
    return { name = name, days = year_days(parts) }
  end
end

-- Constructors -------------------------------------------------------------------

-- A function as the text has it: it is called outside, by `run`.
local function word(fn)
  return function(...) return coroutine.yield(fn, ...) end
end

local function check_line(value, what)
  local fault = check.line_fault(value, most_line, what)
  if fault then error(fault, 0) end
end

local school_schema = {
  name = { type = "text", required = true },
  laestab = { type = "text" },
  key = { type = "text" },
  was = { type = "text" },
  phase = { type = "text" },
  la = { type = "text" },
  address = { type = "text" },
  phone = { type = "text" },
  email = { type = "text" },
  website = { type = "text" },
  head = { type = "text" },
}

local function new_school(result, fields)
  if type(fields) ~= "table" then error('school takes named fields: school { name = "…" }', 0) end
  local named, uses, years = {}, {}, {}
  for key, value in next, fields do
    if math.type(key) == "integer" then
      local thing = made[value]
      if not thing or thing.kind then error('school: item ' .. key .. ' should be use "…" or year "…" {…}', 0) end
    else
      named[key] = value
    end
  end
  for _, value in ipairs(fields) do
    local thing = made[value]
    local list = thing.is_use and uses or years
    list[#list + 1] = thing
    thing.of_school = true
  end
  local fault = check.fields(named, school_schema, "school")
  if fault then error(fault, 0) end
  for key, value in next, named do
    if key == "address" then value = value:gsub("\n", " ") end
    if key == "name" or value ~= "" then check_line(value, "school: " .. key) end
  end
  named.key = named.key or named.laestab or named.name
  named.uses, named.years = uses, years
  result.schools[#result.schools + 1] = named
end

local function new_use(result, name)
  if not check.is_file_name(name) then
    error('use takes the name of a plugin: use "essex"', 0)
  end
  local use = { name = name, options = {}, is_use = true }
  result.all_uses[#result.all_uses + 1] = use
  local given
  given = handle(use, word(function(_, options)
    if type(options) ~= "table" then error('use takes options as a table: use "essex" { … }', 0) end
    local text, fault = core.encode(options)
    if not text then error(('use "%s": %s'):format(name, (fault:gsub("^value[.:] ?", "options: ", 1))), 0) end
    use.options = options
    return given
  end))
  return given
end

local function constructors(result)
  local env = {
    school = function(fields) new_school(result, fields) end,
    term = new_term,
    start = function(day) result.start = check_date(day, "start") end,
    inset = date_list "inset",
    closed = date_list "closed",
    use = function(name) return new_use(result, name) end,
    year = function(name)
      local make = new_year(name)
      return word(function(items)
        local year = make(items)
        result.all_years[#result.all_years + 1] = year
        return handle(year)
      end)
    end,
    by = function(names)
      if type(names) ~= "table" then
        check_line(names, "by")
        result.by = names
        return
      end
      local by_login = {}
      for login, name in next, names do
        if type(login) ~= "string" then error('by takes a name, or names by login: by { sreed = "Sam Reed" }', 0) end
        check_line(name, "by: " .. login)
        by_login[login] = name
      end
      result.by = by_login
    end,
    groups = function(names)
      if type(names) ~= "table" then error('groups takes headings: groups { "House", "Key Stage" }', 0) end
      for key, name in next, names do
        if math.type(key) ~= "integer" then error("groups takes a list of headings", 0) end
        check_line(name, "groups")
        result.groups[#result.groups + 1] = name
      end
      table.sort(result.groups)
    end,
    staff = function(fields)
      if type(fields) ~= "table" then error("staff takes named fields", 0) end
      for role, who in next, fields do
        if type(role) ~= "string" then error('staff takes named fields: staff { head = "Jo Marsh <jo@…>" }', 0) end
        check_line(role, "staff")
        if type(who) ~= "string" then error(('staff: "%s" should be a text'):format(role), 0) end
        if who ~= "" then check_line(who, "staff: " .. role) end
        result.staff[role] = who
      end
    end,
  }
  for _, unit in ipairs { "school_weeks", "school_days", "calendar_days", "sessions", "sooner_of" } do
    env[unit] = durations[unit]
  end
  return env
end

-- The globals of the text.
local function globals(env)
  local words, names = {}, check.names(env)
  for name, fn in next, env do words[name] = word(fn) end
  return setmetatable({}, {
    __index = function(_, name)
      return words[name] or coroutine.yield(function()
        error(('unknown word "%s"%s'):format(name, check.did_you_mean(name, names)), 0)
      end)
    end,
    __newindex = function(_, name)
      coroutine.yield(function()
        if env[name] then error(('write it without an equals sign: %s …'):format(name), 0) end
        error(('"%s" cannot be set here; use the words of the settings'):format(name), 0)
      end)
    end,
  })
end

-- Running ------------------------------------------------------------------------

-- "waymark.lua:12: ", the line that a thread of the text stands at.
local function place_in(thread, source)
  for level = 0, math.huge do
    local info = debug.getinfo(thread, level, "Sl")
    if not info then return "" end
    if info.source == source then return ("%s:%d: "):format(info.short_src, info.currentline) end
  end
end

-- In front of a text: what it calls with its last `return` does not take its place, and its line with it.
local stays = "local _ <close> = nil "

-- Run the text of a chunk of this source. -> true | nil, message
local function run(chunk, source)
  local thread, texts, clock = coroutine.create(chunk), getmetatable "", os.clock
  local began, instructions, memory = clock(), 0, most_memory
  local endless = "the settings do not come to an end; write what is so, without a loop"
  local function is_late() return instructions > most_instructions or clock() - began > most_seconds end
  debug.sethook(thread, function()
    instructions = instructions + 100
    if is_late() then error(endless, 0) end
  end, "", 100)
  local fine, value
  repeat
    local before = collectgarbage "count"
    texts.__index = nil
    local given = table.pack(core.system.bounded(math.max(memory, 1), coroutine.resume, thread, value))
    texts.__index = string
    memory = memory - math.max(0, math.ceil((collectgarbage "count" - before) * 1024))
    fine = given[1] and given[2]
    value = given[given[1] and 3 or 2]
    if fine and coroutine.status(thread) ~= "dead" then
      fine, value = pcall(value, table.unpack(given, 4, given.n))
      if fine and is_late() then fine, value = false, endless end
    end
  until not fine or coroutine.status(thread) == "dead"
  if fine then return true end
  if value == "not enough memory" then
    value = "the settings take too much memory; write what is so, without building texts"
  end
  local known, place = pcall(place_in, thread, source) -- not with its stack full; then it says itself
  return nil, known and value:sub(1, #place) ~= place and place .. value or value
end

local function belongs_to_workspace(list)
  local own = {}
  for _, item in ipairs(list) do
    if not item.of_school then own[#own + 1] = item end
  end
  return own
end

-- Text ---------------------------------------------------------------------------

local save_again = "save it again as UTF-8 (Notepad: Save as, Encoding: UTF-8)"

-- What is wrong with bytes that are no text in UTF-8, after "waymark.lua:". -> nil when they are
local function not_text(text)
  if text:find "^{\\rtf" or text:find "^PK\3\4" then
    return " it is a document of a word processor; save it as plain text, in UTF-8"
  end
  if text:find "^\xFF\xFE" or text:find "^\xFE\xFF" then return ' it is saved as UTF-16 ("Unicode"); ' .. save_again end
  local length, at = utf8.len(text)
  local zero = text:find("\0", 1, true)
  if length and not zero then return nil end
  local _, lines = text:sub(1, math.min(at or #text, zero or #text)):gsub("\n", "")
  local what = zero and 'it has a byte that is no letter (it is saved as "Unicode", perhaps)'
    or 'a letter is not in UTF-8 (it is saved as "ANSI")'
  return ("%d: %s; %s"):format(lines + 1, what, save_again)
end

local quotes, spaces = "“”„‟‘’‚‛«»″′＂`´", "\u{A0}\u{AD}\u{2002}\u{2003}\u{2007}\u{2009}\u{200B}\u{202F}\u{FEFF}"

-- What a fault of the syntax is when its line has, outside its texts, a sign that word processors and web pages put.
local function strange_sign(text, message)
  local place, number = message:match "^(.-:(%d+): )"
  local n = 0
  for line in (text .. "\n"):gmatch "(.-)\n" do
    n = n + 1
    local sign = n == tonumber(number)
      and line:gsub('"[^"]*"', ""):gsub("'[^']*'", ""):gsub("%-%-.*", ""):match "[`\xC2-\xF4][\x80-\xBF]*"
    if sign and quotes:find(sign, 1, true) then
      return place .. 'it has curly quotes, as word processors write them; type straight ones: "…"'
    elseif sign and spaces:find(sign, 1, true) then
      return place .. "it has a space as web pages and word processors write them; type plain spaces in this line"
    elseif sign then
      local words = '%s"%s" cannot stand here; type plain quotes and hyphens, and other letters within a text: "…"'
      return words:format(place, sign)
    end
  end
end

-- What is wrong with two blocks of one year, after "waymark.lua:". -> nil when there are none
local function year_twice(years, text)
  local seen = {}
  for _, year in ipairs(years) do
    if seen[year.name] then
      local before = text:match(".*()year[ (]*[\"']" .. year.name:gsub("%p", "%%%0")) or 1
      local _, lines = text:sub(1, before):gsub("\n", "")
      return ('%d: year "%s" is there twice; write one block, with all its terms'):format(lines + 1, year.name)
    end
    seen[year.name] = true
  end
end

-- Evaluate settings. -> table | nil, message ("waymark.lua:12: …")
function settings.evaluate(text, name)
  name = name or "waymark.lua"
  local result = { schools = {}, all_years = {}, staff = {}, all_uses = {}, groups = {} }
  if text:find "^\27" then return nil, name .. ": this is compiled Lua; settings are written as text" end
  text = text:gsub("^\u{FEFF}", "")
  local strange = not_text(text)
  if strange then return nil, name .. ":" .. strange end
  result.text = text
  local fine, chunk, message = pcall(load, stays .. text, "@" .. name, "t", globals(constructors(result)))
  if fine and message == "C stack overflow" then message = name .. ": it is nested too deep; write what is so, flat" end
  if fine and not chunk then message = strange_sign(text, message) or message end
  local done = chunk
  if chunk then done, message = run(chunk, "@" .. name) end
  if not done then return nil, message end
  result.uses = belongs_to_workspace(result.all_uses)
  result.years = belongs_to_workspace(result.all_years)
  local twice = year_twice(result.years, text)
  for _, school in ipairs(result.schools) do twice = twice or year_twice(school.years, text) end
  if twice then return nil, ("%s:%s"):format(name, twice) end
  return result
end

function settings.read(folder)
  local path = folder .. "/waymark.lua"
  if files.is_missing(path) then
    return nil, ("there is no workspace in %s (no waymark.lua); make one with: waymark init DIR"):format(folder)
  end
  local text, message = files.read(path, most_bytes)
  if not text then return nil, message end
  return settings.evaluate(text, path:gsub("^%./", ""))
end

-- The days of several years as one list, each day once (the last that says it), in order. They
-- mostly come so, and every command asks.
function settings.days(years)
  local days, places, in_order = {}, {}, true
  for _, year in ipairs(years) do
    for _, day in ipairs(year.days) do
      local on, before = day[1], days[#days]
      if not places[on] then
        in_order = in_order and (not before or before[1] < on)
        places[on] = #days + 1
      end
      days[places[on]] = day
    end
  end
  if not in_order then table.sort(days, function(a, b) return a[1] < b[1] end) end
  return days
end

return settings
