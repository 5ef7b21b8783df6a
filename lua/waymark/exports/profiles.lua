-- exports/profiles: the profiles of plugins: which there are, which one a file is read by, and what it says of a file.
--
--   profiles.find(space, name) -> profile; raises, with the nearest name
--   profiles.in_use(space, kind) -> those of the plugins in use that say how files of a kind are read
--   profiles.reading(space, profile, kind, facts) -> its reading: what it declares, and over it what its `read` says of
--                       this file, asked once in a worker; raises where it would make a mark of another
--   profile   { name, title, plugin, set, declared, … as lua/sdk/profile declares it }

local core = require "waymark.core"
local files = require "waymark.base.files"
local jobs = require "waymark.plugin.worker"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local check = core.sdk "check"
local sdk_profiles = core.sdk "profile"

local profiles = {}

local function options_of(space)
  local options = {}
  for _, use in ipairs(space.settings.all_uses) do options[use.name] = options[use.name] or use.options end
  return options
end

-- The profiles of a load set, each with where it comes from.
local function of_set(space, set)
  local list, options = {}, options_of(space)
  local declared = plugins.declare(set, options, space.context)
  for i, each in ipairs(declared.profiles or {}) do
    list[i] = setmetatable({ set = set, options = options }, { __index = each })
  end
  return list
end

local function has_profiles(plugin)
  for path in next, plugin.files do
    if path:find "^profiles/[^/]+%.lua$" then return true end
  end
  return false
end

-- The names of the profiles in a plugin's folder: nothing of it is read.
local function names_in(folder)
  local names = {}
  for _, file in ipairs(files.names(folder .. "/profiles")) do names[#names + 1] = file:match "^(.+)%.lua$" end
  return names
end

-- Those of the plugins in use, in their order.
local function used(space)
  local list = {}
  for _, use in ipairs(space.settings.uses) do
    local set = plugins.load_set(use.name, space.context)
    local any = false
    for _, plugin in ipairs(plugins.chain(set, use.name)) do any = any or has_profiles(plugin) end
    for _, each in ipairs(any and of_set(space, set) or {}) do list[#list + 1] = each end
  end
  return list
end

function profiles.find(space, name)
  for _, each in ipairs(used(space)) do
    if each.name == name then return each end
  end
  local names = {}
  for _, plugin in ipairs(plugins.available(space.folder)) do
    for _, each in ipairs(names_in(plugin.folder)) do
      names[#names + 1] = each
      if each == name then
        for _, found in ipairs(of_set(space, plugins.load_set(plugin.name, space.context))) do
          if found.name == name then return found end
        end
      end
    end
  end
  table.sort(names)
  local nearest = check.did_you_mean(name, names)
  problem.raise('there is no profile "%s"%s; there are: %s', name, nearest, table.concat(names, ", "))
end

function profiles.in_use(space, kind)
  local list = {}
  for _, each in ipairs(used(space)) do
    if each[kind] or each.reads then list[#list + 1] = each end
  end
  return list
end

local most_columns = 1000

-- What `read` is given of a file (lua/sdk/profile).
local function file_of(facts, kind, granted)
  local may_see_rows = false
  for _, name in ipairs(granted) do may_see_rows = may_see_rows or name == "file.rows" end
  local columns = core.array {}
  for i, column in ipairs(facts.columns) do
    if i > most_columns then break end
    columns[i] = { heading = column.heading, blank = column.blank, upn = column.upn, numbers = column.numbers,
      dates = column.dates, first_date = column.first_date, last_date = column.last_date,
      distinct = may_see_rows and column.distinct or nil }
  end
  return { kind = kind, name = facts.name, form = facts.form, encoding = facts.encoding, records = facts.records,
    headings = core.array(facts.headings), columns = columns,
    preamble = may_see_rows and core.array(facts.preamble) or nil, rows = may_see_rows and core.array(facts.rows)
      or nil }
end

local function refuse(profile, verdict, message)
  problem.raise_plugin { plugin = profile.set.served, verdict = verdict, reason = message,
    what = ("the profile %s could not be asked (%s): %s"):format(profile.name, verdict, core.escape(message)) }
end

-- What is wrong about the odd marks of a reading: a code of the register stays what it is, and what is none cannot be
-- had for an odd mark. Sub-codes of a system may be of codes that this register has not: their rows are left out.
local function marks_fault(space, reading)
  local codes = {}
  for _, code in ipairs(space.store:codes()) do codes[code.text] = true end
  if next(codes) == nil then return nil end -- nothing is known of codes yet
  for _, name in ipairs { "marks", "sub_codes" } do
    for _, text in ipairs(check.names(reading[name] or {})) do
      local code = reading[name][text]
      if codes[text] and code ~= text then
        return ('%s: "%s" is a code of the register itself, and stays what it is; take it out there'):format(name, text)
      elseif name == "marks" and code ~= "" and not codes[code] then
        return ('%s: "%s" is to be "%s", which is no code of the register; write one that is, or ""'):format(name, text,
          code)
      end
    end
  end
end

local function checked(space, profile, reading)
  local fault = marks_fault(space, reading)
  if fault then refuse(profile, "failed", fault) end
  return reading
end

function profiles.reading(space, profile, kind, facts)
  if not profile.reads then return checked(space, profile, profile[kind] or {}) end
  local granted = plugins.manifest(profile.set.by_name[profile.set.served]).reads or {}
  local job, outcome = jobs.open("consult", { set = profile.set, options = profile.options, today = space:today(),
    granted = granted, codes = {} })
  local answer
  if job then
    answer, outcome = jobs.consult(job, { profile = profile.name, file = file_of(facts, kind, granted) }, "")
    job:finish()
  end
  if not answer then refuse(profile, outcome.verdict, outcome.message) end
  if answer.failed then refuse(profile, "failed", answer.failed) end
  local fault = not answer.reading and "it answered another question"
    or sdk_profiles.fault(answer.reading, kind, "read")
  if fault then refuse(profile, "failed", fault) end
  return checked(space, profile, sdk_profiles.over(profile[kind], answer.reading))
end

return profiles
