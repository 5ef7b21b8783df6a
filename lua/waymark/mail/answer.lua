-- mail/answer: what a hook plugin may ask for, checked as one would check something from
-- the network: a closed form (that of the message: waymark.plugin.forms), the grants of
-- plugin.lua, references that are there.
--
-- An event is a row of waymark.store.events.after with its `part` (see waymark.hooks); a chunk has
-- `part` and `events`.

local bounds = require "waymark.base.bounds"
local core = require "waymark.core"
local letters = require "waymark.mail.body"
local plugins = require "waymark.plugin"
local check = core.sdk "check"
local effects = core.sdk "effects"
local limits = core.sdk "limits"
local manifests = core.sdk "manifest"
local fields = core.sdk("made.fields").fields

local hook_answer = {}

-- The evidence that an event came with: of a suggestion, or of what was recorded.
function hook_answer.evidence_of(event) return (event.data or {}).evidence or (event.body or {}).evidence end

-- What crosses has its data and its reader in other forms than a plugin writes.
local mail_fields = {}
for name, field in next, fields.mail do mail_fields[name] = field end
mail_fields.to, mail_fields.data = { type = "table", required = true }, { type = "table", required = true }

local to_fields = { staff = { type = "text" }, contacts = { type = "table" } }
local measure_fields = { rule = { type = "text", required = true }, from = { type = "text" }, to = { type = "text" } }

local function is_day(text) return type(text) == "string" and #text == 10 and core.date.parse(text) == text end

local function to_fault(space, to, digest)
  local fault = check.fields(to, to_fields, "mail: to")
  if fault then return fault end
  if (to.staff == nil) == (to.contacts == nil) then return "mail: to is either staff or contacts" end
  if to.contacts then
    return digest and "mail: a digest goes to staff" or effects.contacts_fault(to.contacts)
  end
  if space.settings.staff[to.staff] then return nil end
  return ('waymark.lua has no staff "%s"%s; add: staff { %s = "Name <address>" }'):format(to.staff,
    check.did_you_mean(to.staff, check.names(space.settings.staff)), to.staff)
end

local function measure_fault(measure, declared)
  local fault = check.fields(measure, measure_fields, "mail: data")
  if fault then return fault end
  if not declared.rules_by_name[measure.rule] then return "mail: data names a rule that was not declared" end
  for _, name in ipairs { "from", "to" } do
    if measure[name] and not is_day(measure[name]) then return "mail: data has a period that is none" end
  end
end

-- One piece of data is exactly one of pupil, evidence, item, measure, value.
local function item_fault(item, event)
  local kind = type(item) == "table" and next(item)
  if not kind or next(item, kind) ~= nil then return "mail: data is not in its form" end
  if kind == "pupil" or kind == "evidence" then
    return item[kind] ~= true and "mail: data is not in its form" or nil
  end
  if kind == "measure" then return measure_fault(item.measure, event.part.declared) end
  if kind == "value" then return nil end
  local evidence = hook_answer.evidence_of(event) or {}
  local there = kind == "item" and math.type(item.item) == "integer" and evidence[item.item]
  return not there and "mail: data is not in its form" or nil
end

local function mail_fault(space, body, event)
  local fault = check.fields(body, mail_fields, "mail") or to_fault(space, body.to, body.digest)
  if fault then return fault end
  if body.subject and #body.subject > 100 then return "mail: the subject has more than 100 bytes" end
  for name, item in next, body.data do
    fault = not tostring(name):find "^[a-z][a-z0-9_]*$" and "mail: data is not in its form" or item_fault(item, event)
    if fault then return fault end
  end
  return letters.template_fault(event.part, body)
end

local function note_fault(body)
  return check.fields(body, fields.note, "note") or #body.text > 4000 and "note: more than 4000 bytes" or nil
end

local function follow_up_fault(space, body, event)
  local fault = check.fields(body, fields.follow_up, "follow_up")
  if fault then return fault end
  local declared = event.part.map.declared
  if not declared or not declared.steps_by_name[body.step] then
    return ('follow_up: the road map has no step "%s"%s'):format(body.step,
      check.did_you_mean(body.step, check.names(declared and declared.steps_by_name or {})))
  end
  if not is_day(body.on) or body.on < event.on then return "follow_up: the day should be on or after the event's" end
  local far = bounds.day_fault(body.on, space:today())
  return far and "follow_up: " .. far
end

local faults = {
  mail = mail_fault,
  note = function(_, body) return note_fault(body) end,
  ["follow-up"] = follow_up_fault,
}

-- nil, or what is wrong with one effect of a chunk; `numbers` counts those of each event.
function hook_answer.fault(space, effect, chunk, numbers)
  local event = chunk.events[effect.event]
  numbers[effect.event] = (numbers[effect.event] or 0) + 1
  if not event or not faults[effect.kind] or effect.number ~= numbers[effect.event]
    or effect.number > limits.effects * 10 then
    return "its answer is malformed"
  end
  local manifest = plugins.manifest(chunk.part.set.by_name[chunk.part.set.served])
  local may_not = manifests.send_fault(manifest, effect.kind, effect.body)
  if may_not then return may_not end
  return faults[effect.kind](space, effect.body, event)
end

return hook_answer
