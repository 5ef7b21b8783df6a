-- effects: what a hook plugin can ask for, as checked values, and the events that
-- it can be told of.
--
--   on(event, fn)      while the plugin loads: fn(event, pupil) -> nil, an effect, or
--                      a list of effects
--   mail { to =, template =, data =, digest =, subject = }
--   note { text = }                       a note for staff, kept with the case
--   follow_up { step =, on = }            a review of a step, due on a day
--   staff "attendance_officer"            who: a role of the settings
--   contacts { parental_responsibility = true, lives_with = true }
--                                         who: the pupil's contacts of whom this is
--                                         so, one at least; the host finds them when it writes
--
-- Effects are data. In `data` of a mail the pupil, event.evidence, one item of it,
-- or evidence of a rule cross as references: the host renders them, with the
-- fields that the plugin was granted and no others. All else is plain values.

local core = require "core"
local check = require "check"
local declared = require "made.fields"
local limits = require "limits"
local manifests = require "manifest"

local effects = {}

effects.events, effects.kinds = declared.choices.event_kind, { "mail", "note", "follow-up" }

-- What was made here, by the value that a plugin holds; it is empty, so that nothing
-- in it can be changed or made up.
local made = setmetatable({}, { __mode = "k" })

-- Making -------------------------------------------------------------------------

local function new_effect(kind, fields)
  local name = kind:gsub("-", "_")
  local fault = check.fields(fields, declared.fields[name], name)
  if fault then error(fault, 3) end
  local effect, copy = {}, {}
  for each, value in next, fields do copy[each] = value end
  made[effect] = { kind = kind, fields = copy }
  return effect
end

local function mail(fields)
  local effect = new_effect("mail", fields)
  local to = made[fields.to]
  local fault = not (to and to.recipient)
    and 'mail: "to" takes staff "ROLE" or contacts { … }: a reference, never an address'
    or fields.digest and to.contacts and "mail: a digest goes to staff; a family gets a message for each child"
  if fault then error(fault, 2) end
  return effect
end

local function note(fields)
  local effect = new_effect("note", fields)
  if not fields.text:find "%S" then error("note: it says nothing; give its text in words", 2) end
  return effect
end

local function follow_up(fields)
  local effect = new_effect("follow-up", fields)
  local fine, day = pcall(core.date.parse, fields.on)
  if not fine or day ~= fields.on then error('follow_up: "on" takes a day, such as "2026-03-20"', 2) end
  return effect
end

local function staff(role)
  if type(role) ~= "string" then check.arguments("staff", role) end
  if not role:find "^[%w_]+$" then
    error('staff takes a role of the settings: staff "attendance_officer"', 2)
  end
  local recipient = {}
  made[recipient] = { recipient = true, staff = role }
  return recipient
end

-- nil, or what is wrong with who is named: nobody in particular is not named at all.
function effects.contacts_fault(which)
  local fault = check.fields(which, declared.fields.contacts, "contacts")
  if not fault and next(which) == nil then
    return "contacts should say whom: contacts { parental_responsibility = true } or contacts { lives_with = true }"
  end
  return fault
end

local function contacts(which)
  local fault = effects.contacts_fault(which)
  if fault then error(fault, 2) end
  local recipient, copy = {}, {}
  for name, value in next, which do copy[name] = value end
  made[recipient] = { recipient = true, contacts = copy }
  return recipient
end

local function register(set, event, fn, plugin)
  local level, counts = plugin.manifest.api, plugin.made
  if set.loaded then error("call on(…) when the plugin loads, not inside a hook or a step", 3) end
  local known = false
  for _, each in ipairs(effects.events) do known = known or each == event end
  if not known then
    error(('there is no event "%s"%s'):format(tostring(event), check.did_you_mean(tostring(event), effects.events)), 3)
  end
  local since = (declared.newer.choices.event_kind or {})[event] or 1
  if since > level then error(manifests.newer_words(event, since), 3) end
  set.hooks[#set.hooks + 1] = { event = event, fn = fn }
  counts.hooks = (counts.hooks or 0) + 1
  local too_many = limits.fault("hooks", counts.hooks)
  if too_many then error(too_many, 3) end
end

-- Put the words into the environment of a plugin of the load set.
function effects.add_to(set, env, plugin)
  env.on = function(event, fn)
    if type(event) ~= "string" or type(fn) ~= "function" then check.arguments("on", event, fn) end
    register(set, event, fn, plugin)
  end
  env.mail, env.note, env.follow_up, env.staff, env.contacts = mail, note, follow_up, staff, contacts
end

-- The events that a load set wants to be told of, each once, in the order of the
-- closed list.
function effects.wanted(set)
  local names, wanted = core.array {}, {}
  for _, each in ipairs(set.hooks) do wanted[each.event] = true end
  for _, name in ipairs(effects.events) do
    if wanted[name] then names[#names + 1] = name end
  end
  return names
end

-- The event that a hook sees ---------------------------------------------------------

-- Beside kind, on, school (key), step, title, principle (of the step), review_on:
--   registers  concern, reason, evidence ({ rule, kind, count, of, met, words }, …) of what
--              was suggested; why it lapsed; rule, since, why, sessions of a threshold; since, count, tolerated of
--              a period with more absence than was agreed; sessions,
--              figures of evidence that changed
--   cases      entry: what was recorded ({ outcome, reason, note, … })
effects.needs = { concern = "registers", reason = "registers", evidence = "registers", why = "registers",
  rule = "registers", since = "registers", count = "registers", tolerated = "registers",
  sessions = "registers", figures = "registers", entry = "cases" }
local needs = effects.needs
local plain = { "kind", "on", "school", "step", "title", "principle", "review_on" }

-- Its fields as they came; one that was not granted raises and says what to add.
function effects.event(given, granted)
  local event, names = {}, {}
  for _, name in ipairs(plain) do names[#names + 1] = name end
  for name in pairs(needs) do names[#names + 1] = name end
  for _, name in ipairs(names) do event[name] = given[name] end
  return setmetatable(event, { __metatable = false, __index = function(_, name)
    local grant = needs[name]
    if grant and not granted[grant] then
      error(('event.%s is not granted; add "%s" to reads in plugin.lua'):format(name, grant), 2)
    end
    for _, each in ipairs(names) do
      if each == name then return nil end
    end
    error(('an event has no field "%s"%s'):format(tostring(name), check.did_you_mean(tostring(name), names)), 2)
  end })
end

-- Sending ------------------------------------------------------------------------------

-- Evidence of a rule, as a reference; nil when the value is something else.
local function measured(value, rules)
  local fine, rule, from, to = pcall(function() return value.rule, value.asked_from, value.asked_to end)
  if fine and rules[rule] then return { rule = rule, from = from, to = to } end
end

local function reference(value, name, context)
  if rawequal(value, context.pupil) then return { pupil = true } end
  local measure = measured(value, context.rules)
  if measure then return { measure = measure } end
  error(('mail: data.%s: only this event\'s pupil and evidence can be sent, besides plain values'):format(name), 0)
end

local function crossing(value, name, context)
  if type(value) == "userdata" then return reference(value, name, context) end
  local evidence = rawget(context.event, "evidence")
  if evidence ~= nil and rawequal(value, evidence) then return { evidence = true } end
  for i, each in ipairs(evidence or {}) do
    if rawequal(value, each) then return { item = i } end
  end
  local text, message = core.encode(value)
  if not text then error(("mail: data.%s: %s"):format(name, (message:gsub("^value", "it", 1))), 0) end
  return { value = core.decode(text) }
end

local function sent_data(data, context)
  local sent = {}
  for name in pairs(data) do
    if type(name) ~= "string" or not name:find "^[a-z][a-z0-9_]*$" then
      error(('mail: data: "%s" is not a name (lower case, digits, "_")'):format(tostring(name)), 0)
    end
  end
  for _, name in ipairs(check.names(data)) do
    sent[name] = crossing(data[name], name, context)
  end
  return sent
end

local function body_of(effect, context)
  local body = {}
  for name, value in next, effect.fields do body[name] = value end
  if effect.kind == "mail" then
    local to = made[body.to]
    body.to = { staff = to.staff, contacts = to.contacts }
    body.data = sent_data(body.data or {}, context)
  end
  return body
end

-- An effect as what goes to the host: { kind, body }, and its bytes. The context: event, pupil,
-- rules, manifest. Raises.
function effects.sent(value, context)
  local effect = made[value]
  if not effect or not effect.kind then
    error("a hook should return nil, mail { … }, note { … }, follow_up { … }, or a list of these", 0)
  end
  local to = made[effect.fields.to]
  local fault = manifests.send_fault(context.manifest, effect.kind, { to = to })
  if fault then error(fault, 0) end
  local body = body_of(effect, context)
  local text, message = core.encode(body)
  if not text then error(("%s: %s"):format(effect.kind, (message:gsub("^value%.", "", 1))), 0) end
  if #text > limits.effect then
    error(("%s: with %d bytes it is too long; at most %d"):format(effect.kind, #text, limits.effect), 0)
  end
  return { kind = effect.kind, body = body }, #text
end

-- What a hook returned, as a list of effects; of the same event there were so many `before`.
function effects.list(value, before)
  if value == nil then return {} end
  local is_one = type(value) ~= "table" or made[value] ~= nil
  local count = is_one and 1 or rawlen(value)
  if count == 0 and next(value) ~= nil then return { false } end
  if before + count > limits.effects then error(("more than %d effects of one event"):format(limits.effects), 0) end
  if is_one then return { value } end
  local list = {}
  for i = 1, count do list[i] = rawget(value, i) end
  return list
end

return effects
