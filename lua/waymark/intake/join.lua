-- intake/join: two pupils who are one child, which no rule can know: what is kept of the second goes to the first.
--
--   join.run(space, into, from, given) -> report; inside a transaction. into, from: of find_pupil; given: { by, why }
--     report: { as_of, into, from, into_upn, from_upn, differences = { { what, into, from }, … }, stays, marks,
--               conflicts = { { date, half, into, from }, … }, left_out, contacts, same_contacts, entries }
--
-- 1. Marks come as an import does, as amendments: where both have one, that of the first stays. The second's stay on
--    the sheets, outside of any time on roll.
-- 2. Entries that stand are recorded again, as they were, with today as the day on which they were learnt of this
--    child; the second's stay where they are. Suggestions are made anew by the next run.
-- 3. Contacts move with their numbers, which entries name; of one that both have, the first's stays.
-- 4. Nothing finds the second any more; its UPNs find the first.

local contacts = require "waymark.store.contacts"
local core = require "waymark.core"
local events = require "waymark.store.events"
local files = require "waymark.base.files"
local joins = require "waymark.store.joins"
local problem = require "waymark.base.problem"
local scratch = require "waymark.base.scratch"
local words = require "waymark.base.words"

local join = {}

local named = { upn = "UPN", surname = "surname", forename = "forename", dob = "date of birth", sex = "sex" }

local function differences(into, from)
  local list = core.array {}
  for _, name in ipairs { "upn", "surname", "forename", "dob", "sex" } do
    local a, b = into[name], from[name]
    if a and b and core.fold(a) ~= core.fold(b) then list[#list + 1] = { what = named[name], into = a, from = b } end
  end
  return list
end

local function overlaps(a, b)
  return (a.joined or "") <= (b.left or "9999") and (b.joined or "") <= (a.left or "9999")
end

-- -> for each enrolment of the second the one of the first
local function take_stays(space, into, from)
  local own, of = joins.stays(space.store, into.id), {}
  for _, stay in ipairs(joins.stays(space.store, from.id)) do
    local same
    for _, each in ipairs(own) do
      if each.school_id == stay.school_id and overlaps(each, stay) then same = same or each.enrolment end
    end
    if same then joins.widen_stay(space.store, same, stay.enrolment) end
    of[stay.enrolment] = same or joins.copy_stay(space.store, stay.enrolment, into.id)
    joins.void_stay(space.store, stay.enrolment)
  end
  return of
end

local function key_of(row) return table.concat(row, " ", 1, 3) end

-- The marks that the first does not have, as a file that is imported.
local function take_marks(space, into, from, given, report)
  local own, lines = {}, { core.csv_line { "school", "upn", "admission_number", "date", "session", "code",
    "minutes_late", "sub_code", "comment" } }
  for row in joins.each_mark(space.store, into.id) do own[key_of(row)] = row[4] end
  local number = {}
  for _, stay in ipairs(joins.stays(space.store, into.id)) do
    number[stay.school] = stay.number or number[stay.school]
  end
  for row in joins.each_mark(space.store, from.id) do
    local mine = own[key_of(row)]
    if mine and mine ~= row[4] then
      table.insert(report.conflicts, { date = row[2], half = row[3], into = mine, from = row[4] })
    elseif not mine then
      local upn = into.upn or from.upn or ""
      lines[#lines + 1] = core.csv_line({ row[1], upn, number[row[1]] or "", row[2], row[3], row[4], row[5] or "",
        row[6] or "", row[7] or "" }, nil, true)
    end
  end
  if #lines == 1 then return end
  local top = space.folder .. "/.join"
  scratch.clear(top)
  local place = scratch.new(top, top, { "joined-marks.csv" })
  scratch.take(place)
  local path = place.path .. "/joined-marks.csv"
  local ok, raised = pcall(function()
    problem.check(files.write(path, table.concat(lines)))
    local taken = problem.check(space.store:import("marks", path, { at = space.now, by = given.by, today = false }))
    report.marks, report.left_out = taken.added + taken.changed, taken.left_out
  end)
  scratch.leave(place)
  if not ok then error(raised, 0) end
end

local function take_contacts(space, into, from, report)
  local own = {}
  local function name_of(contact)
    return core.fold(("%s %s %s"):format(contact.school, contact.forename or "", contact.surname or ""))
  end
  for _, contact in ipairs(contacts.of(space.store, into.id)) do
    if contact.gone == 0 then own[name_of(contact)] = contact.id end
  end
  for _, contact in ipairs(contacts.of(space.store, from.id)) do
    local same = contact.gone == 0 and own[name_of(contact)] or nil
    joins.take_contact(space.store, contact.id, into.id, same)
    report.contacts = report.contacts + (same and 0 or 1)
    report.same_contacts = report.same_contacts + (same and 1 or 0)
  end
end

-- `enrolment_of`: of the second's, the first's.
local function take_entries(space, into, from, enrolment_of, report)
  local changed, new_id = {}, {}
  for _, event in ipairs(events.list(space.store, { kind = "audience.changed", pupil = from.id })) do
    changed[event.data.of] = event.data
  end
  local list = events.entries(space.store, { kind = "entry.", pupil = from.id })
  table.sort(list, function(a, b) return a.id < b.id end)
  for _, entry in ipairs(list) do
    local body, change = entry.body, changed[entry.id]
    if body then
      if change then body.audience, body.readers = change.audience, change.readers end
      for _, name in ipairs { "of", "replaces" } do body[name] = new_id[body[name]] or body[name] end
      local enrolment = enrolment_of[entry.enrolment]
      new_id[entry.id] = problem.check(space.store:add_entry { kind = entry.kind, at = space.now, on = entry.on,
        enrolment = enrolment, pupil = not enrolment and into.id or nil,
        school = not enrolment and space.store:school_id(entry.school) or nil, step = entry.step,
        concern = entry.concern, plugin = entry.plugin, by = entry.by,
        data = { answers = core.array {}, joined = entry.id }, body = body })
      report.entries = report.entries + 1
    end
  end
end

function join.run(space, into_pupil, from_pupil, given)
  if into_pupil.pupil == from_pupil.pupil then problem.raise("both are %s already", into_pupil.name) end
  local into, from = joins.person(space.store, into_pupil.pupil), joins.person(space.store, from_pupil.pupil)
  local report = { as_of = space:today(), into = into_pupil.name, from = from_pupil.name, into_upn = into.upn,
    from_upn = from.upn, differences = differences(into, from), stays = 0, marks = 0, conflicts = core.array {},
    left_out = 0, contacts = 0, same_contacts = 0, entries = 0 }
  local was = core.array {}
  for i, stay in ipairs(joins.stays(space.store, from.id)) do was[i] = stay end
  report.stays = #was
  local enrolment_of = take_stays(space, into, from)
  joins.take_person(space.store, into, from, space.now)
  take_marks(space, into, from, given, report)
  take_contacts(space, into, from, report)
  take_entries(space, into, from, enrolment_of, report)
  problem.check(space.store:add_event { kind = "pupil.joined", at = space.now, on = space:today(), pupil = from.id,
    school = was[#was].school_id, by = given.by,
    data = { into = into.id, upn = from.upn, stays = was, conflicts = report.conflicts, why = given.why } })
  local note = ("Joined with a second record of the same child%s: %s, %s and %s came from it.%s"):format(
    from.upn and ", UPN " .. from.upn or "", words.count(report.marks, "mark"),
    words.count(report.entries, "entry", "entries"), words.count(report.contacts, "contact"),
    given.why and " " .. given.why or "")
  problem.check(space.store:add_entry { kind = "entry.noted", at = space.now, on = space:today(),
    enrolment = enrolment_of[from_pupil.enrolment], by = given.by, data = { answers = core.array {} },
    body = { audience = "staff", note = note } })
  return report
end

return join
