-- intake/exports: how a file is to be read that is to be taken in as some kind.
--
--   exports.reading(space, path, kind, given) -> reading | nil: as a plain file; raises where there is doubt
--   exports.look(space, path, kind, given) -> facts, findings of reading.find; kind may be nil: found. `space`
--               may be nil: without the codes and the profiles of a workspace
--   exports.kind(space, path) -> kind | nil, why none
--   given   { profile = its name, or "none", reading = what a person says } | nil
--
--   1. A plain file has the headings of files.md in its first line: nothing more is looked at.
--   2. What a person says goes before what a profile says, and that before what is found.
--   3. What can be doubted is asked, with all of the file looked at, before anything is changed.

local core = require "waymark.core"
local headings = require "waymark.intake.headings"
local problem = require "waymark.base.problem"
local profiles = require "waymark.intake.profiles"
local reading = require "waymark.intake.reading"
local sdk_profiles = core.sdk "profile"

local exports = {}

-- The headings of plain files that have to be there.
local plain = { marks = { "upn", "date", "session", "code" }, pupils = { "upn", "surname", "forename" },
  contacts = { "upn", "surname" } }

local first_bytes = 1 << 16

-- Whether the first line of a file has the headings that a plain one of a kind needs.
local function is_plain(path, kind)
  local file = io.open(path, "rb")
  if not file then return true end -- whoever reads it says why it cannot be
  local line = (file:read(first_bytes) or ""):gsub("^\xEF\xBB\xBF", ""):match "^[^\r\n]*"
  file:close()
  local there = {}
  for cell in line:gmatch "[^,;\t]+" do there[cell:lower():gsub("[\"%s_-]+", "")] = true end
  for _, name in ipairs(plain[kind]) do
    if not there[name] then return false end
  end
  return true
end

local function codes_of(space)
  local codes = {}
  for _, code in ipairs(space and space.store:codes() or {}) do codes[code.text] = code.meaning end
  return codes
end

-- What the profile that was named says, or of those in use the one with which nothing is in doubt.
local function profile_reading(space, facts, kind, given)
  if given.profile == "none" or not space then return nil end
  if given.profile then
    local profile = profiles.find(space, given.profile)
    if kind and not profile[kind] and not profile.reads then
      problem.raise("the profile %s says nothing of %s; see: waymark plugin info %s", profile.name, kind,
        profile.plugin)
    end
    return kind and profiles.reading(space, profile, kind, facts), profile
  end
  local fitting = {}
  for _, profile in ipairs(kind and profiles.in_use(space, kind) or {}) do
    local found = profiles.reading(space, profile, kind, facts)
    local doubts = reading.find(facts, kind, sdk_profiles.over(found, given.reading), codes_of(space)).doubts
    fitting[#fitting + 1] = { reading = found, profile = profile, doubts = #doubts }
  end
  table.sort(fitting, function(a, b) return a.doubts < b.doubts end)
  if fitting[2] and fitting[1].doubts == fitting[2].doubts then
    problem.raise("%s can be read by the profiles %s and %s, which are both in use; say --profile NAME", facts.name,
      fitting[1].profile.name, fitting[2].profile.name)
  end
  if fitting[1] then return fitting[1].reading, fitting[1].profile end
end

function exports.look(space, path, kind, given)
  given = given or {}
  local facts = problem.check(core.examine(path, given.reading))
  facts.name = path:match "[^/]+$"
  local codes = codes_of(space)
  kind = kind or reading.find(facts, nil, given.reading, codes).kind
  local of_profile, profile = profile_reading(space, facts, kind, given)
  local whole = sdk_profiles.over(of_profile, given.reading)
  if of_profile and (of_profile.heading or of_profile.sheet or of_profile.records or of_profile.encoding
    or of_profile.delimiter or of_profile.quoting) then
    local name = facts.name
    facts = problem.check(core.examine(path, whole))
    facts.name = name
  end
  whole.is_asked = given.reading ~= nil
  local findings = reading.find(facts, kind, whole, codes)
  findings.profile = profile and profile.name
  return facts, findings
end

local kind_words = { totals = "totals of attendance, without marks" }

-- An example line with which a file of another kind could be taken in.
local function other_kind(facts, findings, path)
  local kind = findings.found_kind
  if kind == "totals" then
    return "it has totals of attendance and no marks; export the marks themselves, one by one or as a grid"
  end
  return ("it looks like %s; try: waymark import %s %s"):format(kind_words[kind] or kind, kind, path)
end

function exports.reading(space, path, kind, given)
  given = given or {}
  if not plain[kind] then return nil end
  local is_said = given.profile or given.reading
  if not is_said and is_plain(path, kind) then return nil end
  local facts, findings = exports.look(space, path, kind, given)
  if #findings.doubts == 0 then return findings.reading end
  local first = findings.doubts[1]
  if findings.found_kind and findings.found_kind ~= kind and not is_said then
    error(problem.at(facts.name, nil, "this is no file of %s; %s", kind, other_kind(facts, findings, path)), 0)
  end
  error(problem.new { where = facts.name, what = first.what, todo = ("%s; to see what it is: waymark import describe %s")
    :format(first.todo, path) }, 0)
end

return exports
