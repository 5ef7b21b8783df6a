-- workspace/settings: waymark.lua, the file that a person edits, read into a table.
--
-- The text runs with its constructors only (school, year, term, inset, closed,
-- staff, start, use, and those of durations) and a step limit: no library, no file, no
-- clock. An unknown word names the nearest one.
--
-- The result:
--   schools  { { key, name, laestab, phase, la, address, phone, email, website, head,
--            uses, years } }: the texts from `address` on stand on letters
--   years    { { name, days = { { date, am, pm }, … } } }: Mondays to Fridays
--            of the terms; half terms left out, training and closed days closed
--   staff    { role = "Name <address>" }
--   uses     { { name, options } } in order
--   start    the day on which the school began with Waymark: earlier concerns
--            raise no line (start "2025-09-01")
--   text     as it was read

local core = require "waymark.core"
local files = require "waymark.base.files"
local check = core.sdk "check"
local durations = core.sdk "durations"

local settings = {}

local date = core.date
local steps_most = 5000000

-- Calendars --------------------------------------------------------------------

local function weekdays(first, last)
  local day = first
  return function()
    while day <= last do
      local this = day
      day = date.add(day, 1)
      if date.weekday(this) <= 5 then return this end
    end
  end
end

-- `level` is that of the settings' own line, as `error` counts.
local function check_date(value, what, level)
  local parsed = type(value) == "string" and value:find "^%d%d%d%d%-%d%d%-%d%d$" and date.parse(value)
  if not parsed then
    error(('%s: "%s" is not a date; write it as "2025-09-01"'):format(what, tostring(value)), level)
  end
  return parsed
end

local function check_pair(pair, what)
  if type(pair) ~= "table" then error(what .. ' takes two dates: { "2025-09-01", "2025-12-19" }', 3) end
  local first, last = check_date(pair[1], what, 4), check_date(pair[2], what, 4)
  if last < first then error(('%s: %s comes after %s'):format(what, first, last), 3) end
  return first, last
end

local term_fields = { [1] = true, [2] = true, half_term = true }

local function new_term(pair)
  local first, last = check_pair(pair, "term")
  for name in next, pair do
    if not term_fields[name] then
      error(('term has no field "%s"%s'):format(name, check.did_you_mean(tostring(name), { "half_term" })), 2)
    end
  end
  local term = { kind = "term", first = first, last = last }
  if pair.half_term then term.half_first, term.half_last = check_pair(pair.half_term, "half_term") end
  return term
end

local function date_list(kind)
  return function(list)
    if type(list) ~= "table" then error(kind .. ' takes dates: { "2025-09-01" }', 2) end
    local dates = { kind = kind }
    for i, value in ipairs(list) do dates[i] = check_date(value, kind, 3) end
    return dates
  end
end

local function open_days(items)
  local open = {}
  for _, item in ipairs(items) do
    if item.kind == "term" then
      for day in weekdays(item.first, item.last) do
        local half = item.half_first and day >= item.half_first and day <= item.half_last
        if not half then open[day] = true end
      end
    end
  end
  return open
end

-- The planned days of a year block, in order; closed ones are there as closed.
local function year_days(items)
  local open = open_days(items)
  for _, item in ipairs(items) do
    if item.kind == "inset" or item.kind == "closed" then
      for _, day in ipairs(item) do open[day] = false end
    end
  end
  local days = {}
  for day in next, open do days[#days + 1] = day end
  table.sort(days)
  for i, day in ipairs(days) do days[i] = { day, open[day], open[day] } end
  return days
end

local function new_year(name)
  if type(name) ~= "string" then error('year takes a name: year "2025-26" { term {…} }', 3) end
  return function(items)
    if type(items) ~= "table" then error("year takes a table of terms", 3) end
    for i, item in ipairs(items) do
      if type(item) ~= "table" or not item.kind then
        error(("year: item %d should be term {…}, inset {…} or closed {…}"):format(i), 3)
      end
    end
    return { name = name, days = year_days(items) }
  end
end

-- Constructors -------------------------------------------------------------------

local school_schema = {
  name = { type = "text", required = true },
  laestab = { type = "text" },
  key = { type = "text" },
  phase = { type = "text" },
  la = { type = "text" },
  address = { type = "text" },
  phone = { type = "text" },
  email = { type = "text" },
  website = { type = "text" },
  head = { type = "text" },
}

local function new_school(result, fields)
  if type(fields) ~= "table" then error('school takes named fields: school { name = "…" }', 3) end
  local named, uses, years = {}, {}, {}
  for key, value in next, fields do
    if math.type(key) == "integer" then
      local list = type(value) == "table" and (value.is_use and uses or value.days and years)
      if not list then error('school: item ' .. key .. ' should be use "…" or year "…" {…}', 3) end
    else
      named[key] = value
    end
  end
  for _, value in ipairs(fields) do
    local list = value.is_use and uses or years
    list[#list + 1] = value
    value.of_school = true
  end
  local fault = check.fields(named, school_schema, "school")
  if fault then error(fault, 3) end
  named.key = named.key or named.laestab or named.name
  named.uses, named.years = uses, years
  result.schools[#result.schools + 1] = named
end

local function new_use(result, name)
  if type(name) ~= "string" or not name:find "^[a-z][a-z0-9_-]*$" then
    error('use takes the name of a plugin: use "essex"', 2)
  end
  local use = { name = name, options = {}, is_use = true }
  result.all_uses[#result.all_uses + 1] = use
  return setmetatable(use, { __call = function(_, options)
    if type(options) ~= "table" then error('use takes options as a table: use "essex" { … }', 2) end
    use.options = options
    return use
  end })
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
      return function(items)
        local year = make(items)
        result.all_years[#result.all_years + 1] = year
        return year
      end
    end,
    staff = function(fields)
      if type(fields) ~= "table" then error("staff takes named fields", 2) end
      for role, who in next, fields do
        if type(who) ~= "string" then error(('staff: "%s" should be a text'):format(role), 2) end
        result.staff[role] = who
      end
    end,
  }
  for _, unit in ipairs { "school_weeks", "school_days", "calendar_days", "sessions", "sooner_of" } do
    env[unit] = durations[unit]
  end
  return env
end

local function guard(env)
  local names = check.names(env)
  return setmetatable({}, {
    __index = function(_, name)
      if env[name] then return env[name] end
      error(('unknown word "%s"%s'):format(name, check.did_you_mean(tostring(name), names)), 2)
    end,
    __newindex = function(_, name)
      if env[name] then error(('write it without an equals sign: %s …'):format(name), 2) end
      error(('"%s" cannot be set here; use the words of the settings'):format(tostring(name)), 2)
    end,
  })
end

-- Run with a limit of steps, so that a slip of the pen cannot hang a command.
local function run_limited(chunk)
  local thread = coroutine.create(chunk)
  debug.sethook(thread, function() error("the settings do not come to an end", 2) end, "", steps_most)
  local ok, message = coroutine.resume(thread)
  if ok and coroutine.status(thread) ~= "dead" then return false, "the settings stopped half-way" end
  return ok, message
end

local function belongs_to_workspace(list)
  local own = {}
  for _, item in ipairs(list) do
    if not item.of_school then own[#own + 1] = item end
  end
  return own
end

-- Evaluate settings. -> table | nil, message ("waymark.lua:12: …")
function settings.evaluate(text, name)
  name = name or "waymark.lua"
  local result = { schools = {}, all_years = {}, staff = {}, all_uses = {}, text = text }
  if text:find "^\27" then return nil, name .. ": this is compiled Lua; settings are written as text" end
  local chunk, message = load(text, "@" .. name, "t", guard(constructors(result)))
  if not chunk then return nil, message end
  local ok
  ok, message = run_limited(chunk)
  if not ok then return nil, tostring(message) end
  result.uses = belongs_to_workspace(result.all_uses)
  result.years = belongs_to_workspace(result.all_years)
  return result
end

function settings.read(folder)
  local path = folder .. "/waymark.lua"
  if not files.exists(path) then
    return nil, ("there is no workspace in %s (no waymark.lua); make one with: waymark init DIR"):format(folder)
  end
  local text, message = files.read(path)
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
