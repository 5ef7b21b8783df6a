-- plugin/roles: what an entry says in the records to which its step gave a role (lua/sdk/api/step).
--
--   roles.value(step, entry, role)    of the first such record that the entry has, by name | nil
--   roles.day(step, entry, role)      the same where it is a day | nil
--   roles.values(step, entry, role)   of all of them, a list
--   roles.typed(step, entry, type)    the values of the records of a type
--
-- `step` is as declared, or nil: then nothing is known of the entry's records.

local core = require "waymark.core"
local check = core.sdk "check"

local roles = {}

local function chosen(step, entry, field, wanted)
  local list, fields = {}, entry.fields or {}
  for _, name in ipairs(check.names(step and step.records or {})) do
    if step.records[name][field] == wanted and fields[name] ~= nil then list[#list + 1] = fields[name] end
  end
  return list
end

function roles.values(step, entry, role) return chosen(step, entry, "role", role) end
function roles.value(step, entry, role) return chosen(step, entry, "role", role)[1] end
-- nil also where an older form of the step kept some other text.
function roles.day(step, entry, role)
  local value = roles.value(step, entry, role)
  return type(value) == "string" and core.date.parse(value) or nil
end

function roles.typed(step, entry, kind) return chosen(step, entry, "type", kind) end

return roles
