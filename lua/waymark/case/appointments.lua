-- case/appointments: meetings that were arranged and of which nobody has said yet whether they were held.
--
--   appointments.is_only(step, entry)    whether an entry only arranges a meeting: that is no contact, and
--                                        answers nothing before the meeting was held
--   appointments.open(entries, step_of) -> { { entry, step, day, at }, … } in the order of their days
--     entries: those that stand, of all pupils, in the order of their days; step_of(entry), its step as
--     declared, or nil. `at`: the time and the place, if they were said
--
-- A record of the role "meeting" is the day on which one is to be, "met" that on which one was.
--   1. It is open until the step is recorded again: with what came of it, with the day on which it was held, on its
--      day or later, or as not done. What is recorded of the plan before the day leaves it open.
--   2. An attempt ("rearranged") moves it, if it says to when, and leaves it open.
--   3. What a version of a plan took over from the one before is nothing new.

local roles = require "waymark.plugin.roles"

local appointments = {}

function appointments.is_only(step, entry)
  if not step or entry.outcome or not entry.fields then return false end
  local day = roles.day(step, entry, "meeting")
  return day ~= nil and day >= entry.on and not roles.day(step, entry, "met")
end

-- A day that an entry says and the version before did not.
local function new_day(step, entry, before, role)
  local day = roles.day(step, entry, role)
  return day and not (before and roles.day(step, before, role) == day) and day or nil
end

-- What an entry leaves of the appointment that was open, if one was.
local function after(open, step, entry, before)
  local day = new_day(step, entry, before, "meeting")
  local is_to_come = day and day >= entry.on and not (entry.goes_on and day == entry.on)
  local made = is_to_come and { entry = entry, step = step, day = day, at = roles.value(step, entry, "meeting-at") }
  if entry.attempt then return made or open end
  if entry.kind ~= "recorded" or entry.outcome and not entry.goes_on then return nil end
  if made and day ~= roles.day(step, entry, "met") then return made end
  local is_held = new_day(step, entry, before, "met") or entry.goes_on
  return not is_held and open and entry.on < open.day and open or nil
end

function appointments.open(entries, step_of)
  local open, by_id, list = {}, {}, {}
  for _, entry in ipairs(entries) do
    by_id[entry.id] = entry
    local step = not entry.history and step_of(entry)
    if step and (entry.kind == "recorded" or entry.kind == "bypassed" or entry.kind == "put-off") then
      local key = ("%d %s"):format(entry.pupil, step.name)
      open[key] = after(open[key], step, entry, by_id[entry.replaces])
    end
  end
  for _, each in next, open do list[#list + 1] = each end
  table.sort(list, function(a, b)
    if a.day ~= b.day then return a.day < b.day end
    return a.entry.id < b.entry.id
  end)
  return list
end

return appointments
