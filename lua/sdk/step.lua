-- step: one stop on the road map, as a checked table.
--
--   return step {
--     title = "Notice to Improve", principle = "formalise",
--     suggest = function(pupil, case) … end,   -- nil, or a reason
--     gate = function(pupil, case) … end,      -- nil, or why it should not be
--     when = rule or recorded "STEP", or a list of them: of whom suggest is asked at all
--     because = "…",                           -- instead of suggest: the first rule that is met
--   }
--
-- `base:with { … }` gives a changed copy: how a local plugin changes one thing.
-- principle and the fields below are those of DfE, "Working together to improve
-- school attendance" (the six principles), and of the authority's road map.

local core = require "core"
local check = require "check"
local declared = require "made.fields"
local limits = require "limits"
local manifests = require "manifest"
local roles = require "roles"

local steps = {}

steps.principles = declared.choices.principle

local methods = {}
local method_mark = { __index = methods }

-- What was made here, a step's fields by what a plugin has of it. No plugin reaches these, nor a
-- metatable: they outlive its load set.
local made, conditions = setmetatable({}, { __mode = "k" }), setmetatable({}, { __mode = "k" })

function steps.is_step(value) return made[value] ~= nil end

-- The fields of a step as it was made, whatever a plugin did with it since.
function steps.fields(step) return made[step] end

local function refuse_change() error("a step stays as it was made; take a changed copy: step:with { … }", 2) end

steps.field_types = declared.choices.field_type

-- A record in its whole form: the name of a type stands for { type = NAME }.
local function whole(record) return type(record) == "table" and record or { type = record } end

local a_date = { date = true }
local role_types = { with = { contact = true, contacts = true }, issued = a_date, ["period-from"] = a_date,
  ["period-to"] = a_date, check = { dates = true }, review = { date = true, dates = true },
  ["parents-checked"] = a_date, published = a_date, told = a_date, reviewed = a_date, ["review-by"] = a_date,
  meeting = a_date, met = a_date }

-- What an entry has itself: who recorded it, what came of it, what was noted; without blanks and signs.
local entry_words = { by = true, note = true, outcome = true, recordedby = true }

local own_words = "an entry has its own by, note and outcome; give it another name and title"
local foreign_words = "write its name and title in Latin letters; those of others can look like an entry's own by"

local signs = {} -- what a title may have besides letters, and ASCII
for sign in ("–—‘’“”„…·•°§£€½¼¾×"):gmatch(utf8.charpattern) do signs[sign] = "" end

local function passing_fault(text)
  local letters = core.fold(text):gsub(utf8.charpattern, signs):gsub("[%s%p]+", "")
  return entry_words[letters] and own_words or letters:find "[\x80-\xFF]" and foreign_words or nil
end

-- Why a record, by its name or title, would be taken for what an entry has itself: a sentence, or nil.
function steps.passes_for_entry(name, record)
  local title = type(record) == "table" and record.title
  return passing_fault(name) or type(title) == "string" and passing_fault(title) or nil
end

local function record_fault(record, name, records)
  if type(record) ~= "string" and type(record) ~= "table" then
    return ('"%s" should be the name of a type, or a table with one'):format(name)
  end
  if type(record) == "string" then
    return check.value(record, { type = "text", choices = steps.field_types }, name)
  end
  local fault = check.fields(record, declared.fields.record_field, ('"%s"'):format(name))
  if fault then return fault end
  if (record.type == "choice") ~= (record.choices ~= nil) then
    return ('"%s": a choice has choices = { … }, and nothing else has'):format(name)
  end
  if role_types[record.role] and not role_types[record.role][record.type] then
    return ('"%s": the role %s is for a record of the type %s'):format(name, record.role,
      table.concat(check.names(role_types[record.role]), " or "))
  end
  local before = record.not_before
  if before and (record.type ~= "date" or whole(records[before]).type ~= "date") then
    return ('"%s": not_before is for a date, and names another'):format(name)
  end
end

-- Up to level 2 a record may be called note; then `complete` does not fill it (the host sees to that).
local function records_fault(records, level)
  for _, name in ipairs(check.names(records)) do
    local fault = record_fault(records[name], tostring(name), records)
    local passing = level > 2 and steps.passes_for_entry(tostring(name), records[name])
    if not fault and passing then fault = ('"%s": %s'):format(name, passing) end
    if fault then return "records: " .. fault end
  end
end

local function type_of(fields, name) return whole((fields.records or {})[name]).type end

local function rules_fault(fields)
  for _, name in ipairs { "counts", "together" } do
    local rule = fields[name]
    if rule ~= nil and not (type(rule) == "userdata" and pcall(core.rule.describe, rule)) then
      return ('"%s" should be a rule'):format(name)
    end
  end
end

-- What a plan, a period or a parent's own step needs besides.
local function period_fault(fields)
  if fields.each_parent and type_of(fields, "parent") ~= "contact" then
    return 'each_parent needs the record parent = "contact"'
  end
  if fields.tolerance and type_of(fields, fields.tolerance) ~= "number" then
    return ('tolerance names the record "%s", which should be a number'):format(fields.tolerance)
  end
  for _, name in ipairs { "checks", "meanwhile" } do
    if fields[name] and not fields.period then return name .. " is of a period: give the step one" end
  end
  if fields.goes_on and not fields.plan then return "goes_on is of a plan: write plan = true" end
  for _, name in ipairs(fields.adds or {}) do
    local fault = check.value(name, { choices = check.names(fields.records or {}) }, "adds")
    if fault then return fault end
  end
  return rules_fault(fields)
end

-- What is said of outcomes names outcomes: attempts (no answer, wrong number) answer
-- nothing, refusals say that what was offered was not taken up or did not work, a plan goes on
-- after some, and some say that a telephone number is wrong.
local function outcomes_fault(fields)
  local known = { choices = fields.outcomes or {} }
  for _, list in ipairs { "attempts", "refused", "goes_on", "wrong_number" } do
    for _, outcome in ipairs(fields[list] or {}) do
      local fault = check.value(outcome, known, list)
      if fault then return fault end
    end
  end
  for _, outcome in ipairs(check.names(fields.tells or {})) do
    local fault = check.value(outcome, known, "tells")
      or check.value(fields.tells[outcome], { type = "text", choices = declared.choices.role }, "tells")
    if fault then return fault end
  end
end

-- People see these names and words in lines of lists, and give them in commands.
local most_name, most_title, most_about = 100, 200, 2000

local function lines_fault(fields)
  local fault = check.line_fault(fields.title, most_title, "title")
    or (fields.about or "") ~= "" and check.line_fault(fields.about:gsub("\n", " "), most_about, "about")
    or fields.meanwhile and check.line_fault(fields.meanwhile, most_title, "meanwhile")
  for _, name in ipairs(check.names(fields.records or {})) do
    fault = fault or check.line_fault(name, most_name, "records")
  end
  for _, name in ipairs(fields.outcomes or {}) do fault = fault or check.line_fault(name, most_name, "outcomes") end
  return fault
end

-- Records of a type, or in a form, that came after the level of a plugin.
local function newer_record(records, level)
  for _, name in ipairs(check.names(records)) do
    local fault = manifests.newer_fault("record_field", records[name], level)
    if fault then return ("records: %s: %s"):format(name, fault) end
    local since = type(records[name]) == "table" and 2 or declared.newer.choices.field_type[records[name]]
    if since and since > level then
      return ('records: "%s" is of a type or form that came with API level %d; write api = %d in plugin.lua'):format(
        tostring(name), since, since)
    end
  end
end

-- Met by a pupil for whom the step was recorded; any step, if none is named.
function steps.recorded(name)
  if name ~= nil and type(name) ~= "string" then check.arguments("recorded", name) end
  local condition = { step = name }
  conditions[condition] = true
  return condition
end

local function is_rule(value) return type(value) == "userdata" and (pcall(core.rule.describe, value)) end
local function is_condition(value) return conditions[value] ~= nil end

-- The rules of a step's `when`, and the steps of which something was recorded.
function steps.conditions(step)
  local rules, recorded = {}, {}
  local when = step.when
  for _, each in ipairs((is_rule(when) or is_condition(when)) and { when } or when or {}) do
    if is_rule(each) then rules[#rules + 1] = each elseif is_condition(each) then recorded[#recorded + 1] = each end
  end
  return rules, recorded
end

local function when_fault(fields)
  local when = fields.when
  if when ~= nil and not is_rule(when) and not is_condition(when) then
    local n = type(when) == "table" and #when or 0
    for i = 1, n do n = (is_rule(when[i]) or is_condition(when[i])) and n or 0 end
    if n == 0 then return '"when" should be a rule, recorded "STEP", or a list of them' end
  end
  if fields.because and fields.suggest then return "give it because or suggest, not both" end
  if fields.because and #steps.conditions(fields) == 0 then return "because needs a rule in when" end
  if fields.because and not fields.because:find "%S" then return "because should say the reason in words" end
  local long = fields.because and check.text_fault(fields.because, limits.reason, "because")
  if long then return long end
  if when ~= nil and not fields.because and not fields.suggest then return "when needs because or suggest" end
end

-- The reason of the first rule that is met.
local function suggest_of(step)
  local rules, words = steps.conditions(step), step.because
  return function(pupil)
    for _, rule in ipairs(rules) do
      local reason = pupil:measure(rule):because(words)
      if reason then return reason end
    end
  end
end

-- nil, or what is wrong with the fields of a step; `level` is that of the plugin whose file this is.
local function fault_of(fields, level)
  local fault = check.fields(fields, declared.fields.step, "step")
  if fault then return fault end
  local records = fields.records or {}
  fault = lines_fault(fields) or newer_record(records, level) or records_fault(records, level) or outcomes_fault(fields)
    or period_fault(fields) or when_fault(fields)
  if fault then return "step: " .. fault end
  if fields.scope == "school" and (fields.suggest or fields.because) then
    return "step: a step of the school is not suggested for a pupil: leave out suggest"
  end
end

local is_checked = false

-- From now on the steps that are made are not looked at again: the same files were, when the host asked
-- what they declare.
function steps.use_checked(yes) is_checked = yes end

-- `level`: the newest, if nothing is said. `suggest`: what these rules and this because made already.
function steps.new(fields, level, suggest)
  local fault = not is_checked and fault_of(fields, level or declared.level)
  if fault then error(fault, 2) end
  local copy = {}
  for name, value in next, fields do copy[name] = value end
  copy.scope = copy.scope or "pupil"
  if copy.because then copy.suggest = suggest or suggest_of(copy) end
  local step = setmetatable({}, { __index = setmetatable(copy, method_mark), __newindex = refuse_change,
    __metatable = false })
  made[step] = copy
  return step
end

function methods.with(base, changes)
  if type(changes) ~= "table" then check.arguments("step:with", base, changes) end
  base = made[base] or error("step:with is for what step { … } made", 2)
  local fields = {}
  for name, value in next, base do fields[name] = value end
  if base.because or changes.because then fields.suggest = nil end -- it is made of because
  if changes.suggest then fields.when, fields.because = nil, nil end -- what it says may be of anybody
  for name, value in next, changes do fields[name] = value end
  if changes.outcomes and not changes.wrong_number then -- an older plugin that changes them knows of none
    fields.wrong_number = {}
    for _, outcome in ipairs(base.wrong_number or {}) do
      local gone = check.value(outcome, { choices = changes.outcomes }, "wrong_number")
      if not gone then table.insert(fields.wrong_number, outcome) end
    end
  end
  local same = base.because and fields.because == base.because and fields.when == base.when
  return steps.new(fields, nil, same and base.suggest)
end

local function declared_records(step)
  local records = {}
  for name, record in next, step.records or {} do
    local copy = {}
    for field, value in next, whole(record) do copy[field] = value end
    copy.choices = copy.choices and core.array(copy.choices)
    records[name] = copy
  end
  return records
end

-- The functions of a step that are not those of the step that it was made from.
function steps.own_functions(step, before)
  local own = core.array {}
  for _, name in ipairs(check.names_of_schema(declared.fields.step)) do
    if type(step[name]) == "function" and step[name] ~= (before or {})[name] then own[#own + 1] = name end
  end
  return own
end

-- What the host is told of `when`: the names of its rules, in order; of which steps something
-- was recorded, or of any.
local function declared_when(step)
  local told = { rules = core.array {}, recorded = core.array {}, anything = false }
  local rules, recorded = steps.conditions(step)
  for i, rule in ipairs(rules) do told.rules[i] = rule.name end
  for _, condition in ipairs(recorded) do
    if condition.step then told.recorded[#told.recorded + 1] = condition.step else told.anything = true end
  end
  return told
end

-- What the host is told of a step: everything but its functions. `further`: it is no stop
-- of the road map.
function steps.declared(step, name, plugin, further)
  local told = {
    name = name, plugin = plugin.name, version = plugin.version, title = step.title,
    principle = step.principle, about = step.about, scope = step.scope, period = step.period,
    documents = core.array(step.documents or {}), outcomes = core.array(step.outcomes or {}),
    attempts = core.array(step.attempts or {}), records = declared_records(step), audience = step.audience,
    further = further or false, plan = step.plan or false, each_parent = step.each_parent or false,
    checks = core.array(step.checks or {}), counts = step.counts and step.counts.name,
    together = step.together and step.together.name, tolerance = step.tolerance,
    kind = step.kind, refused = core.array {}, tells = {}, when = step.when and declared_when(step),
    because = step.because, meanwhile = step.meanwhile, goes_on = core.array {}, adds = core.array {},
    wrong_number = core.array {},
  }
  for _, list in ipairs { "refused", "goes_on", "adds", "wrong_number" } do
    for i, item in ipairs(step[list] or {}) do told[list][i] = item end
  end
  for outcome, role in next, step.tells or {} do told.tells[outcome] = role end
  for field, schema in pairs(declared.fields.step) do
    if schema.told then told[schema.told] = step[field] ~= nil end
  end
  told.suggests = told.suggests and not further
  return roles.protect(plugin.manifest.api < 3 and roles.add_to_step(told) or told)
end

-- A road map: the names of the steps in order, with two ways to add one.
local map_methods = {}
local map_mark = { __index = map_methods, __metatable = false }

local function position(map, name)
  for i, each in ipairs(map) do
    if each == name then return i end
  end
  error(('the road map has no step "%s"%s'):format(name, check.did_you_mean(name, map)), 3)
end

function map_methods.insert_after(map, place, name)
  if type(place) ~= "string" or type(name) ~= "string" then
    check.arguments("road_map:insert_after", map, place, name)
  end
  table.insert(map, position(map, place) + 1, name)
  return map
end

function map_methods.insert_before(map, place, name)
  if type(place) ~= "string" or type(name) ~= "string" then
    check.arguments("road_map:insert_before", map, place, name)
  end
  table.insert(map, position(map, place), name)
  return map
end

function map_methods.remove(map, name)
  if type(name) ~= "string" then check.arguments("road_map:remove", map, name) end
  table.remove(map, position(map, name))
  return map
end

local function check_names(names)
  local too_many = limits.fault("steps", #names, "road_map")
  if too_many then error(too_many, 3) end
  local seen = {}
  for i, name in ipairs(names) do
    local fault = check.file_name_fault(name, ("road_map: item %d"):format(i))
    if fault then error(fault, 3) end
    if seen[name] then error(('road_map: "%s" is there twice'):format(name), 3) end
    seen[name] = true
  end
end

function steps.road_map(names)
  check_names(names)
  local map = {}
  for i, name in ipairs(names) do map[i] = name end
  return setmetatable(map, map_mark)
end

return steps
