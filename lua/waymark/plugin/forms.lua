-- plugin/forms: the closed form of everything that a plugin answers, made from the
-- declaration of the API (lua/sdk/made/fields.lua): an unknown field refuses the whole, as does
-- a missing one or another type. Suggestions alone are read by the form of their batch
-- (core/host/lua_worker.h).
--
--   plugin_forms.fits(kind, answer) -> boolean
--     kind "declared"    a manifest; or all that a load set declares: { plugins, rules, codes,
--                        steps, reasons, lists, returns, hooks }
--          "effects"     { effects = { { event, number, kind, body }, … } }, or { effects = {},
--                        failed = { event, message } }; bodies: waymark.mail.answer
--          "consulted"   { fields = { NAME = value } }, { why }, or both; { checklist = { … } };
--                        { routes = { … } }; { words = { NAME = text } }; { reading = { … } };
--                        { failed = message }
--     answer: as job:receive gives it: of JSON, without a null, and not deep
--   plugin_forms.told(question)   the field of a declared step that says whether it answers
--                        "complete", "checklist", "routes" or "fills"
--
-- A form here is a function: whether a value is of it. It never raises.

local core = require "waymark.core"
local check = core.sdk "check"
local declared = core.sdk "made.fields"
local effects = core.sdk "effects"
local limits = core.sdk "limits"

local plugin_forms = {}

local bounds = core.sdk("consult").most
local most_effects, most_message = 10000, 4096

-- Values --------------------------------------------------------------------------

-- [] is marked as a list (core.array), so that it can be told from {}.
local function is_list(value) return type(value) == "table" and (value[1] ~= nil or getmetatable(value) == false) end

local function is_map(value) return type(value) == "table" and not is_list(value) end

-- Names that a plugin chose are as long and as plain as names are: they are shown like our
-- own words.
local function plain_name(value) return #value <= bounds.name and core.escape(value) == value end

-- What a plugin may fill as it likes, with plain names however deep.
local function open(value)
  if type(value) ~= "table" then return true end
  for name, each in next, value do
    if type(name) == "string" and not plain_name(name) or not open(each) then return false end
  end
  return true
end

local function open_map(value) return is_map(value) and open(value) end

local function flag(value) return type(value) == "boolean" end

local function integer(value) return math.type(value) == "integer" end

local function place(value) return integer(value) and value >= 1 end

local function text_of(most)
  return function(value) return type(value) == "string" and #value <= most end
end

local text, short_text = text_of(math.huge), text_of(bounds.text)

local function day(value) return text(value) and #value == 10 and core.date.parse(value) == value end

local function one_of(names)
  return function(value) return text(value) and check.value(value, { choices = names }, "") == nil end
end

local function list_of(form, most)
  return function(value)
    if not is_list(value) or #value > most then return false end
    for _, item in ipairs(value) do
      if not form(item) then return false end
    end
    return true
  end
end

local function map_of(form, most, name_form)
  return function(value)
    if not is_map(value) then return false end
    local n = 0
    for name, each in next, value do
      n = n + 1
      if n > most or name_form and not name_form(name) or not form(each) then return false end
    end
    return true
  end
end

local function record_of(needed, optional)
  return function(value)
    if not is_map(value) then return false end
    for name in next, needed do
      if value[name] == nil then return false end
    end
    for name, each in next, value do
      local form = needed[name] or optional and optional[name]
      if not form or not form(each) then return false end
    end
    return true
  end
end

-- Forms of the declaration ----------------------------------------------------------

local texts = list_of(text, limits.items)

local one_duration = record_of { unit = text, n = integer }
local two_durations = record_of({ unit = text, n = integer }, { or_sooner = one_duration })

local function duration(value) return two_durations(value) and check.duration(value) end

local types = { boolean = flag, integer = integer, duration = duration, table = open_map,
  number = function(value) return type(value) == "number" end }

-- Of a field as people write it (a schema of lua/sdk/check.lua); texts have at most so many
-- bytes.
local function form_of(field, most)
  local form = types[field.type] or open
  if field.type == "text" then form = field.day and day or text_of(most) end
  if field.type == "list" then form = list_of(field.of == "text" and text or types[field.of] or open, limits.items) end
  if not field.choices and not field.least and not field.most and not field.file_name then return form end
  return function(value) return form(value) and check.value(value, field, "") == nil end
end

-- What crosses of a declared table: its fields, and of a function whether there is one.
-- `whole`: lists, maps and flags are there even if nobody wrote them. Fields in `needed` and
-- `optional` are not those of the declaration, or are told in another form.
local function crossing(name, whole, needed, optional, most)
  local is_needed, is_optional = {}, {}
  for field, schema in next, declared.fields[name] do
    local always = schema.required or whole and (schema.type == "list" or schema.type == "table"
      or schema.type == "boolean")
    local into = always and is_needed or is_optional
    if schema.told then
      is_needed[schema.told] = flag
    elseif schema.told == nil then
      into[field] = form_of(schema, most or math.huge)
    end
  end
  for field, form in next, optional or {} do is_optional[field], is_needed[field] = form, nil end
  for field, form in next, needed or {} do is_needed[field] = form end
  return record_of(is_needed, is_optional)
end

local function listed(form) return list_of(form, limits.items) end

local function named(form) return map_of(form, limits.items, plain_name) end

local manifest = crossing("manifest", true, { options = named(crossing "option") },
  { config = open_map, consults_as_parent = flag, codes = flag })

local step = crossing("step", true, { name = text, plugin = text, version = text, further = flag, own = texts,
  scope = form_of(declared.fields.step.scope, math.huge), records = named(crossing "record_field") },
  { counts = text, together = text, refused = texts, goes_on = texts, adds = texts, wrong_number = texts,
    tells = map_of(one_of(declared.choices.role), limits.items, plain_name),
    when = record_of { rules = texts, recorded = texts, anything = flag } })

-- A heading, or several; marks and codes.
local headings = function(value) return short_text(value) or texts(value) end
local reading = crossing("reading", false, nil, { columns = map_of(headings, limits.items, plain_name),
  marks = map_of(short_text, limits.items), sub_codes = map_of(short_text, limits.items) }, bounds.text)

local profile = crossing("profile", true, { name = text, plugin = text },
  { marks = reading, pupils = reading, contacts = reading })

local load_set = record_of({ plugins = listed(manifest), steps = listed(step), lists = crossing "lists", hooks = texts,
  rules = listed(record_of({ plugin = text, name = text, kind = one_of(declared.choices.kind), spec = open_map },
    { at = text })),
  codes = listed(record_of({ plugin = text, text = text, class = text, meaning = text, physical = flag },
    { late = flag, from = text, to = text, half = text })),
  reasons = listed(record_of { code = text, words = text }),
  returns = listed(crossing("return_list", false, { rule = text,
    period = form_of(declared.fields.return_list.period, math.huge) })) },
  { law = listed(crossing "law_row"), referral_form = listed(crossing("form_row", true)),
    bank_holidays = list_of(day, limits.items), profiles = listed(profile) })

-- Kinds ------------------------------------------------------------------------------

local failed = record_of({ message = text_of(most_message), what = text }, { file = text, line = integer, todo = text,
  name = text })

local faults = record_of { faults = list_of(failed, limits.items) }

-- `when` names rules that are declared.
local function is_whole(answer)
  local rules = {}
  for _, rule in ipairs(answer.rules) do rules[rule.name] = true end
  for _, each in ipairs(answer.steps) do
    for _, rule_name in ipairs(each.when and each.when.rules or {}) do
      if not rules[rule_name] then return false end
    end
  end
  return #answer.plugins > 0
end

local function is_declared(answer)
  if answer.faults then return faults(answer) end
  if answer.failed then return failed(answer.failed) and next(answer, next(answer)) == nil end
  if answer.plugins == nil then return manifest(answer) end
  return load_set(answer) and is_whole(answer)
end

local function effect_body(value)
  local encoded = is_map(value) and core.encode(value)
  return encoded and #encoded <= limits.effect or false
end

local effect = record_of { event = place, number = place, kind = one_of(effects.kinds), body = effect_body }

local is_effects = record_of({ effects = list_of(effect, most_effects) },
  { failed = record_of { event = place, message = text } })

local function name(value) return #value <= bounds.name and value:find "^[%w_-]+$" ~= nil end

local item_fields = map_of(short_text, bounds.item_fields, name)

local item_list = list_of(function(item) return short_text(item) or item_fields(item) end, bounds.items)

local function field_value(value)
  return type(value) == "number" or flag(value) or short_text(value) or item_list(value)
end

local fields = map_of(field_value, bounds.items, name)

local answers = {
  record_of({ fields = fields }, { why = short_text }), record_of { why = short_text },
  record_of { checklist = list_of(crossing("checklist_item", false, nil, nil, bounds.text), bounds.items) },
  record_of { routes = list_of(crossing("route", false, nil, nil, bounds.text), bounds.items) },
  record_of { words = map_of(text_of(bounds.words), bounds.items, name) },
  record_of { reading = reading },
  record_of { failed = text_of(most_message) },
}

local function is_consulted(answer)
  for _, form in ipairs(answers) do
    if form(answer) then return true end
  end
  return false
end

local kinds = { declared = is_declared, consulted = is_consulted,
  effects = function(answer) return is_effects(answer) and (not answer.failed or #answer.effects == 0) end }

function plugin_forms.fits(kind, answer)
  local form = kinds[kind]
  return not form or form(answer)
end

function plugin_forms.told(question)
  local field = declared.fields.step[question]
  return field and field.told
end

return plugin_forms
