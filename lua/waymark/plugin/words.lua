-- plugin/words: the names that a plugin's files may use, out of the declaration of the
-- API (lua/sdk/api.lua), for reading plugins without running them; and what grants and
-- effects mean in plain words.

local core = require "waymark.core"
local api = core.sdk "api"
local manifests = core.sdk "manifest"

local words = {}

-- Names --------------------------------------------------------------------------

-- globals    what a plugin's files have without requiring anything
-- libraries  the names in string, date, parent, …
-- pupil, event     fields, each with the grant that it needs ("" for none)
-- pupil_methods, case_methods, methods     those, and those of anything
-- fields     the fields of what is written as NAME { … }; and of plugin.lua
-- effects    what is asked for by NAME { … }, by its name in sends
-- rules      what makes rules
-- newer      what came after API level 1: { globals, methods = { name = level } }, and fields
--            by table
for _, name in ipairs { "globals", "libraries", "pupil", "event", "pupil_methods", "case_methods", "methods", "fields",
  "effects", "rules" } do words[name] = {} end
words.newer = { globals = {}, methods = {}, fields = {} }

local function add(set, name, value) set[name] = value == nil and true or value end

local function library(name)
  words.libraries[name] = words.libraries[name] or {}
  return words.libraries[name]
end

local function names_of(list)
  local set = {}
  for _, field in ipairs(list) do
    if type(field[1]) == "string" then set[field[1]] = field.grant or "" end
  end
  return set
end

local function add_member(name)
  local owner, sign, member = name:match "^([%w_]+)([.:])([%w_]+)$"
  if sign == "." then add(library(owner), member) end
  if sign == "." then add(words.globals, owner) end
  if sign == ":" then add(words.methods, member) end
  if sign == ":" and owner == "pupil" then add(words.pupil_methods, member) end
  if sign == ":" and owner == "case" then add(words.case_methods, member) end
  return owner ~= nil
end

-- The names of a part of Lua's own library; those of "_G" stand by themselves.
local function add_library(entry)
  for _, name in ipairs(entry.names) do
    if entry.name == "_G" then
      add(words.globals, name)
    else
      add(words.globals, entry.name)
      add(library(entry.name), name)
    end
    if entry.name == "string" then add(words.methods, name) end
  end
end

local classes = { pupil = "pupil", event = "event" }

local function add_class(entry)
  if classes[entry.name] then words[classes[entry.name]] = names_of(entry.fields) end
  if entry.name == "parent" then words.libraries.parent = names_of(entry.fields) end
end

local function add_form(entry)
  words.fields[entry.name == "manifest" and "plugin.lua" or entry.name] = names_of(entry.form)
end

local function add_global(entry, subject)
  add(words.globals, entry.name)
  if subject.name == "effects" and entry.grant then words.effects[entry.name] = entry.grant end
  if subject.name == "rules" then add(words.rules, entry.name) end
end

-- A method that two objects have, one of them since level 1, is not newer.
local function add_newer(entry)
  local method = entry.name:match ":(.+)$"
  if method then
    local known = words.newer.methods[method]
    words.newer.methods[method] = known == nil and entry.since or math.min(known, entry.since)
  elseif entry.takes and entry.since > 1 then
    words.newer.globals[entry.name] = entry.since
  end
  local what, newer = entry.name == "manifest" and "plugin.lua" or entry.name, {}
  for _, field in ipairs(entry.form or {}) do
    if field.since and field.since > entry.since then newer[field[1]] = field.since end
  end
  if entry.form then words.newer.fields[what] = newer end
end

for entry, subject in api.each() do
  if entry.where == "plugin" then add_newer(entry) end
  if entry.where == "plugin" then
    if entry.names then add_library(entry) end
    if entry.class then add_class(entry) end
    if entry.form then add_form(entry) end
    local is_member = add_member(entry.name)
    if not is_member and not entry.names and (entry.takes or entry.type) then add_global(entry, subject) end
  end
end

-- What plain Lua has and a plugin has not, and why.
words.withheld = {}
local withheld = "io os debug package dofile loadfile load loadstring collectgarbage coroutine xpcall _G warn"
for name in withheld:gmatch "%S+" do
  words.withheld[name] = "a plugin has no files, clock, programs or code made while it runs"
end

-- Plain words ----------------------------------------------------------------------

-- What grants and effects mean, for whoever decides whether a plugin may.
words.grants, words.sends = api.subject("manifest").meanings.grant, api.subject("manifest").meanings.sends
words.events = api.subject("hooks").meanings.event_kind

-- The names of a closed list that are not in another.
function words.others(all, some)
  local has, list = {}, {}
  for _, name in ipairs(some or {}) do has[name] = true end
  for _, name in ipairs(all) do
    if not has[name] then list[#list + 1] = name end
  end
  return list
end

words.all_grants = manifests.grants

return words
