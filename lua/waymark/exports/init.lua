-- exports: how a file is to be read that is to be taken in as some kind, and what is said where it cannot be.
--
--   exports.reading(space, path, kind, given) -> reading | nil: of a kind for which there are none
--   exports.again(space, path, kind, given, why) -> another reading, where the file was looked at and there is no doubt
--               about it; else raises: why it was not taken, or what it is instead, and what would do
--   exports.look(space, path, kind, given) -> facts, findings of reading.find; kind may be nil: found. `space`
--               may be nil: without the codes and the profiles of a workspace
--   exports.kind_by_profile(space, path) -> the kind whose columns a profile in use names as the file does | nil
--   exports.count(space, path, findings): goes through all records for what only they tell: `pupils` = { matched, of },
--               who of the file is known here, and the marks of strings and of columns with many different texts
--   given   { profile = its name, or "none", reading = what a person says } | nil
--
--   1. What a person says goes before what a profile says, and that before what columns are called elsewhere.
--   2. A column that only its cells tell is never taken for one: it is in doubt, and a person says what it is.
--   3. A file is looked at as a whole only where it could not be taken, or where a profile asks for it.

local core = require "waymark.core"
local examine = require "waymark.exports.examine"
local headings = require "waymark.exports.headings"
local problem = require "waymark.base.problem"
local profiles = require "waymark.exports.profiles"
local reading = require "waymark.exports.reading"
local stored = require "waymark.store.pupils"
local sdk_profiles = core.sdk "profile"

local exports = {}

local mark_columns = { "code", "am", "pm", "marks" }

-- Those of the register, and those that plugins declare: before the first import the register has none.
local function codes_of(space)
  local codes = {}
  for _, list in ipairs(space and { space:load_plugins(true).declared_codes, space.store:codes() } or {}) do
    for _, code in ipairs(list) do codes[code.text] = code.meaning end
  end
  return codes
end

-- The profile of a name, if it says something of a kind; raises.
local function named(space, kind, name)
  local profile = profiles.find(space, name)
  if not profile[kind] and not profile.reads then
    problem.raise("the profile %s says nothing of %s; see: waymark plugin info %s", name, kind, profile.plugin)
  end
  return profile
end

-- What the profile that was named says, or of those in use the one that leaves least in doubt and names most of the
-- headings; nil where the headings that are known elsewhere leave less, or where several name none of these.
local function profile_reading(space, facts, kind, given)
  if given.profile == "none" or not space or not sdk_profiles.columns[kind] then return nil end
  if given.profile then
    local profile = named(space, kind, given.profile)
    return profiles.reading(space, profile, kind, facts), profile
  end
  local fitting, codes = {}, codes_of(space)
  local function fit(found, profile)
    local findings, n = reading.find(facts, kind, sdk_profiles.over(found, given.reading), codes), 0
    for _, column in ipairs(findings.columns) do n = n + (column.how == "profile" and 1 or 0) end
    return { reading = found, profile = profile, doubts = #findings.doubts, named = n }
  end
  for i, profile in ipairs(profiles.in_use(space, kind)) do
    fitting[i] = fit(profiles.reading(space, profile, kind, facts), profile)
  end
  table.sort(fitting, function(a, b) return a.doubts < b.doubts or a.doubts == b.doubts and a.named > b.named end)
  local first, second = fitting[1], fitting[2]
  local without = first and fit(nil)
  if not first or without.doubts < first.doubts then return nil end
  if second and first.doubts == second.doubts and first.named == second.named then
    if first.named == without.named and first.doubts == without.doubts then return nil end
    problem.raise("%s can be read by the profiles %s and %s, which are both in use; take the one that is not meant out "
      .. "of waymark.lua, or import the file with --profile NAME", facts.name, first.profile.name, second.profile.name)
  end
  return first.reading, first.profile
end

-- The one kind that a profile says how it is read.
local function kind_of_profile(profile)
  local found
  for _, kind in ipairs(sdk_profiles.kinds) do
    if profile[kind] and found then return nil end
    found = profile[kind] and kind or found
  end
  return found
end

function exports.kind_by_profile(space, path)
  for _, kind in ipairs(sdk_profiles.kinds) do
    for _, profile in ipairs(profiles.in_use(space, kind)) do
      local list = profile[kind] and examine.headings(path, profile[kind])
      if list and reading.is_of(kind, list, profile[kind]) then return kind end
    end
  end
end

function exports.look(space, path, kind, given)
  given = given or {}
  local today = space and space:today()
  local facts = examine.file(path, given.reading, today)
  facts.name = path:match "[^/]+$"
  local codes = codes_of(space)
  kind = kind or reading.kind(facts.headings)
  if not kind and space and given.profile ~= "none" then
    kind = given.profile and kind_of_profile(profiles.find(space, given.profile))
      or not given.profile and exports.kind_by_profile(space, path) or nil
  end
  local of_profile, profile = profile_reading(space, facts, kind, given)
  local whole = sdk_profiles.over(of_profile, given.reading)
  if of_profile and (of_profile.heading or of_profile.sheet or of_profile.records or of_profile.encoding
    or of_profile.delimiter or of_profile.quoting) then
    local name = facts.name
    facts = examine.file(path, whole, today)
    facts.name = name
  end
  whole.is_asked = given.reading ~= nil
  local findings = reading.find(facts, kind, whole, codes)
  findings.profile = profile and profile.name
  return facts, findings
end

-- How often each mark is in a string of them, or, of a cell of its own, whether it is one.
local function note_marks(counts, text, is_string, is_mark)
  if not is_string then
    if is_mark(text) then counts[text] = (counts[text] or 0) + 1 end
    return
  end
  for _, code in utf8.codes(text, true) do
    local mark = utf8.char(code)
    counts[mark] = (counts[mark] or 0) + 1
  end
end

function exports.count(space, path, findings)
  if not findings.reading then return end
  local names, place = {}, {}
  for i, each in ipairs(findings.columns) do names[i], place[each.name] = each.name, each.place end
  local options = { reading = findings.reading, twice = true, wanted = names }
  local reader <close>, message, machine = core.csv(path, options)
  if not reader and not machine and #findings.doubts > 0 then return end -- what is wrong about it is among these
  problem.check(reader, message, machine)
  local upns, numbers
  if space then upns, numbers = stored.keys(space.store) end
  local given, codes, counts, seen = findings.given, codes_of(space), {}, {}
  local function is_mark(text)
    return codes[text] or given.marks and given.marks[text] or given.sub_codes and given.sub_codes[text]
  end
  local found, of = 0, 0
  local row, fault, broken = reader:next()
  while row do
    local upn, number = row.cells[place.upn] or "", row.cells[place.admission_number] or ""
    local who = upn ~= "" and upn:upper() or stored.bare(number)
    if who ~= "" and not seen[who] then
      seen[who], of = true, of + 1
      if space and (upn ~= "" and upns[who] or upn == "" and numbers[who]) then found = found + 1 end
    end
    for _, name in ipairs(findings.is_to_count and mark_columns or {}) do
      if place[name] then note_marks(counts, row.cells[place[name]] or "", name == "marks", is_mark) end
    end
    row, fault, broken = reader:next()
  end
  if fault then problem.check(nil, fault, broken) end
  if space and of > 0 then findings.pupils = { matched = found, of = of } end
  if findings.is_to_count then reading.put_marks(findings, counts, codes) end
end

-- The headings of each column: those that a person or a profile says, and behind those of a profile what it is called
-- elsewhere.
local function with_aliases(whole, kind, given)
  local asked = given.reading and given.reading.columns or {}
  local columns = {}
  for column, list in next, headings.columns(kind) do
    local said = (whole.columns or {})[column]
    local all = type(said) == "table" and { table.unpack(said) } or { said }
    if not asked[column] then table.move(list, 1, #list, #all + 1, all) end
    columns[column] = all
  end
  return sdk_profiles.over(whole, { columns = columns })
end

function exports.reading(space, path, kind, given)
  given = given or {}
  if not sdk_profiles.columns[kind] then return nil end
  local candidates = {}
  if given.profile and given.profile ~= "none" then
    candidates[1] = named(space, kind, given.profile)
  elseif not given.profile then
    candidates = profiles.in_use(space, kind)
  end
  local profile = candidates[1]
  if #candidates > 1 or profile and profile.reads then
    local _, findings = exports.look(space, path, kind, given)
    for _, each in ipairs(findings.columns) do
      if each.how == "content" then findings.reading.columns[each.name] = nil end -- the core then misses it
    end
    return findings.reading
  end
  local said = profile and profiles.reading(space, profile, kind)
  return with_aliases(sdk_profiles.over(said, given.reading), kind, given)
end

-- What would do for a file that is of another kind.
local function other_kind(kind, path)
  if kind == "totals" then
    return "it has totals of attendance and no marks; export the marks themselves, one by one or as a grid"
  end
  return ("it looks like %s; try: waymark import %s %s"):format(kind, kind, path)
end

function exports.again(space, path, kind, given, why)
  local ok, facts, findings = pcall(exports.look, space, path, kind, given)
  if not ok then error(problem.is(facts) and why or facts, 0) end
  local other = findings.found_kind ~= kind and findings.found_kind
  local first = findings.doubts[1]
  if not first then return findings.reading end
  if other and not (given and (given.reading or given.profile)) then
    error(problem.new { where = facts.name, what = "this is no file of " .. kind, todo = other_kind(other, path) }, 0)
  end
  local todo = ("%s; to see what it is: waymark import describe %s"):format(first.todo, path)
  error(problem.new { where = facts.name, what = first.what, todo = todo }, 0)
end

return exports
