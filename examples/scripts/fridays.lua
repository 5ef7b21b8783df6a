-- Whose absence falls on Fridays? Each pupil's share against the whole school's.
--   waymark -C demo/oakfield run examples/scripts/fridays.lua 2025-09-01
local from = ... or "2025-09-01"
local absent = { authorised = true, unauthorised = true }

local function counts(pupil)
  local all, fridays = 0, 0
  for _, mark in ipairs(pupil:marks(from)) do
    if absent[mark.class] then
      all = all + 1
      if date.weekday(mark.date) == 5 then fridays = fridays + 1 end
    end
  end
  return all, fridays
end

local list, all, fridays = {}, 0, 0
for pupil in pupils {} do
  local own, own_fridays = counts(pupil)
  all, fridays = all + own, fridays + own_fridays
  if own >= 10 then list[#list + 1] = { pupil.name, pupil.form or "", own_fridays, own } end
end
table.sort(list, function(a, b) return a[3] / a[4] > b[3] / b[4] end)

if all == 0 then
  print "Nobody was absent."
  return
end
print(("The whole school: %d of %d absences on Fridays (%d %%)"):format(fridays, all, fridays * 100 // all))
for i = 1, math.min(10, #list) do
  local name, form, own_fridays, own = table.unpack(list[i])
  print(("%s%s %-4s %2d of %3d (%d %%)"):format(name, (" "):rep(28 - utf8.len(name)), form, own_fridays, own,
    own_fridays * 100 // own))
end
