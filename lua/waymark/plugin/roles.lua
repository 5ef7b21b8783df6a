-- plugin/roles: what an entry says in the records to which its step gave a role (lua/sdk/api/step).
--
--   roles.value(step, entry, role)    of the first such record that the entry has, by name | nil
--   roles.values(step, entry, role)   of all of them, a list
--   roles.typed(step, entry, type)    the values of the records of a type
--   roles.refused(step, entry)        whether its outcome says that what was offered was refused
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
function roles.typed(step, entry, kind) return chosen(step, entry, "type", kind) end

function roles.refused(step, entry)
  for _, outcome in ipairs(step and step.refused or {}) do
    if outcome == entry.outcome then return true end
  end
  return false
end

return roles
