-- support: the files of england loaded as they are, without a worker, for specs of plain
-- arithmetic; cases and pupils as small tables.
--
--   support.load(options)     require of england's files: load() "england.days"
--   support.case { entry, … } a case
--   support.pupil { … }       a pupil; `half_days` are its unauthorised ones

local core = require "waymark.core"
local entries, people = core.sdk "entries", core.sdk "people"

local support = {}

local folder = debug.getinfo(1, "S").source:match "^@(.*)/spec/[^/]*$"

local function constructor(kind)
  return function(fields)
    fields.kind = kind
    return fields
  end
end

local function environment(options)
  local env = setmetatable({ date = core.date, fold = core.fold, config = {}, step = core.sdk("step").new },
    { __index = _G })
  function env.codes(list) support.codes = list end
  for _, unit in ipairs { "school_weeks", "school_days" } do
    env[unit] = function(n) return { unit = unit, n = n } end
  end
  for _, kind in ipairs { "rate", "count", "longest", "rolling", "missing" } do env[kind] = constructor(kind) end
  local manifest = assert(loadfile(folder .. "/plugin.lua", "t", {}))()
  for name, option in pairs(manifest.options) do env.config[name] = option.default end
  for name, value in pairs(options or {}) do env.config[name] = value end
  return env
end

function support.load(options)
  local env, loaded = environment(options), {}
  function env.require(module)
    local name = module:match "^england%.(.+)$" or "init"
    loaded[name] = loaded[name] or assert(loadfile(("%s/%s.lua"):format(folder, name), "t", env))()
    return loaded[name]
  end
  return env.require
end

local case = {}
case.__index = case

function case:entries(step)
  local found = {}
  for _, entry in ipairs(self) do
    if not step or entry.step == step then found[#found + 1] = entry end
  end
  return found
end

function case:runs(step) return entries.runs(self, step) end
function case:running(step) return entries.running(self, step) end

-- What the road map says of the steps of support.
local refused = { "not-taken-up", "not-engaged", "not-working", "not-kept", "not-agreed", "did-not-attend" }
local steps = { common = { ["early-help"] = { principle = "facilitate", plan = true, refused = refused },
  ["declining-attendance-meeting"] = { principle = "facilitate", plan = true, refused = refused },
  ["attendance-contract"] = { principle = "formalise", plan = true, refused = refused },
  ["breakfast-club"] = { principle = "facilitate", refused = refused }, ["initial-concern"] = { principle = "listen" },
  ["notice-to-improve"] = { principle = "formalise" },
  ["penalty-notice"] = { principle = "enforce", apart = true } } }

-- Entries get their number, in order.
function support.case(list)
  for i, entry in ipairs(list) do
    entry.id, entry.kind, entry.fields = entry.id or i, entry.kind or "recorded", entry.fields or {}
  end
  return setmetatable(entries.complete(list, steps), case)
end

local classes = { G = "unauthorised", N = "unauthorised", O = "unauthorised", U = "unauthorised", ["-"] = "missing",
  ["/"] = "present", C = "authorised", I = "authorised", Y4 = "not-possible" }

-- "2025-09-08 AM" is an O; "2025-09-08 AM I" an illness; "-" no mark.
local function read(text)
  local day, half, code = text:match "^(%S+) (%S+) ?(%S*)$"
  code = code == "" and "O" or code
  return { date = day, session = half, code = code == "-" and "" or code, class = classes[code] }
end

local function marks_of(pupil, from, to, only)
  local found = {}
  for _, text in ipairs(pupil.half_days) do
    local mark = read(text)
    if (not from or mark.date >= from) and (not to or mark.date <= to) and (not only or mark.class == only) then
      found[#found + 1] = mark
    end
  end
  return found
end

local function evidence(marks, rule, pupil)
  local of = rule.at_least or 1
  local words = ("%d of %d half days"):format(#marks, of)
  return { rule = rule.name, count = #marks, of = of, met = #marks >= of, age_unknown = pupil.dob == nil,
    sessions = function() return marks end,
    describe = function() return words end,
    why_not = function() return #marks < of and words or nil end }
end

-- as_of, dob, contacts, school, calendar; half_days, all within the threshold's weeks.
function support.pupil(pupil)
  pupil.half_days, pupil.contacts = pupil.half_days or {}, pupil.contacts or {}
  for _, contact in ipairs(pupil.contacts) do contact.parent = people.parent(contact) end
  pupil.school = pupil.school or { reach = pupil.as_of, reach_session = "PM" }
  function pupil:rolling(rule)
    local marks = {}
    for _, mark in ipairs(marks_of(self, nil, nil, "unauthorised")) do
      if rule.codes:find(mark.code, 1, true) then marks[#marks + 1] = mark end
    end
    return evidence(marks, rule, self)
  end
  function pupil:count(rule, from, to) return evidence(marks_of(self, from, to, "unauthorised"), rule, self) end
  function pupil:marks(from, to) return marks_of(self, from, to) end
  return pupil
end

-- A notice as it was recorded.
function support.notice(parent, issued_on, more)
  local entry = { step = "penalty-notice", on = issued_on, fields = { parent = parent, issued_on = issued_on } }
  for name, value in pairs(more or {}) do
    if name == "sessions" then entry.fields.sessions = value else entry[name] = value end
  end
  return entry
end

return support
