-- document/names: the names that a document's template can use, as mustache_check takes
-- them; those for which the plugin was not granted what it takes are withheld. The values
-- are made by document_view.
--
--   names.known(map, extra) -> table
--
-- For every list X there is has_X. `extra` are the names of whoever has the document made
-- (the referral pack), with their values.

local core = require "waymark.core"
local mustache = require "waymark.mustache"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local tables = require "waymark.base.tables"
local check = core.sdk "check"

local names = {}

local set_of = tables.set

local function list_of(item) return { item } end

-- Grants -----------------------------------------------------------------------------------

local function withheld(set, grant)
  return { [mustache.withheld] = problem.of('it needs the grant "%s"; add it to %s in plugin.lua of %s', grant,
    plugins.manifest(set.by_name[set.served]).api == 1 and "reads" or "consults", set.served) }
end

-- The names ------------------------------------------------------------------------------------

local half_days = list_of(set_of "day half words meaning")
local by_type = {
  list = list_of(set_of "item"), dates = list_of(set_of "item"), contacts = list_of(set_of "item"),
  actions = list_of(set_of "what owner by family"), signatures = list_of(set_of "who on"),
}

-- Fields that any step of the road map records: a part may serve several documents.
local function entry_names(map)
  local entry = {}
  for _, step in ipairs(map.declared.steps) do
    for name, record in next, step.records or {} do
      entry[name] = by_type[type(record) == "table" and record.type or record] or entry[name] or true
    end
  end
  for name in next, set_of "on outcome version note with" do entry[name] = true end
  return entry
end

local function all_names(map)
  local all = { -- what the referral pack adds (waymark.referral), empty elsewhere
    form = list_of { title = true, fields = list_of(set_of "label value known") }, missing = list_of(set_of "item"),
    incomplete = true, contents = list_of(set_of "number name"), as_seen = true,
    weeks = list_of { week = true, days = list_of(set_of "day am pm") }, key = list_of(set_of "code meaning"),
  }
  for name in next, set_of "title language date reference wrong_mark_by" do all[name] = true end
  all.letterhead, all.style = "raw", "raw"
  all.school = set_of "name phone email website head"
  all.school.address = list_of(set_of "line")
  all.signed, all.contact = set_of "name role", set_of "name role phone email"
  all.parent = set_of "name salutation communication_needs language"
  all.parent.address, all.parents = list_of(set_of "line"), list_of(set_of "name")
  all.pupil = set_of "name forename surname year form dob upn"
  all.figures = set_of [[from to possible attended absent authorised unauthorised late rate days days_there
    days_away class_away]]
  all.absences, all.unexplained = half_days, half_days
  all.children = list_of(set_of "name count from to")
  all.threshold = set_of "met count of weeks words"
  all.threshold.sessions = list_of(set_of "words meaning")
  all.support, all.refused = list_of(set_of "on title outcome words by"), list_of(set_of "on title outcome words by")
  all.entry, all.period = entry_names(map), set_of "from to length"
  all.period.checks = list_of(set_of "day")
  all.words, all.options = { [mustache.any] = true }, {}
  for _, plugin in ipairs(map.declared.plugins) do
    for name in next, plugin.config or {} do all.options[name] = true end
  end
  all.checklist, all.routes = list_of(set_of "item there words"), list_of(set_of "parent route open words")
  all.chronology = list_of { on = true, title = true, people = true, words = list_of(set_of "text") }
  all.policy = set_of "version published_on"
  return all
end

-- By the grant that they take; a name with a dot is one of a table.
local of_grant = {
  registers = "figures absences unexplained threshold", contacts = "parent parents children",
  cases = "support refused entry period chronology", ["pupil.name"] = "pupil.name pupil.forename pupil.surname",
  ["pupil.groups"] = "pupil.year pupil.form", ["pupil.dob"] = "pupil.dob", ["pupil.upn"] = "pupil.upn",
}

local function withhold(all, set)
  local granted = plugins.consulted(set)
  for _, grant in ipairs(check.names(of_grant)) do
    for name in of_grant[grant]:gmatch "%S+" do
      local whole, part = name:match "^(%w+)%.?(.*)$"
      if tables.has(granted, grant) then goto next end
      if part ~= "" then all[whole][part] = withheld(set, grant) else all[whole] = withheld(set, grant) end
      ::next::
    end
  end
end

-- Lists -------------------------------------------------------------------------------------------

local function is_list(value) return type(value) == "table" and value[1] ~= nil end

-- has_X for every list X, in tables and items too. Of names as of values.
local function add_has(all, empty_is_list)
  local has = {}
  for name, value in next, all do
    if type(value) == "table" and not value[mustache.withheld] then
      local empty = empty_is_list and next(value) == nil
      if type(name) == "string" and (is_list(value) or empty) then has["has_" .. name] = is_list(value) end
      add_has(value, empty_is_list)
    end
  end
  for name, value in next, has do all[name] = value end
end

-- has_X for the lists of a view; an empty table is a list of none.
function names.add_has(view) add_has(view, true) end

-- The names of values that somebody adds, with those that were there, which stay what they
-- were: a text, HTML, withheld. Of a list, the names of all its items.
local function names_of(value, before)
  if type(value) ~= "table" or (before ~= nil and (type(before) ~= "table" or before[mustache.withheld])) then
    return before or true
  end
  local known = {}
  for name, each in next, before or {} do known[name] = each end
  if is_list(value) then
    for _, item in ipairs(value) do known[1] = names_of(item, known[1]) end
    return known
  end
  for name, each in next, value do known[name] = names_of(each, known[name]) end
  return known
end

function names.known(map, extra)
  local all = all_names(map)
  withhold(all, map.set)
  for name, value in next, extra or {} do
    all[name] = names_of(value, all[name])
  end
  add_has(all, false)
  return all
end

return names
