-- today/beside: what stands on a row beside why the child is on the list: how much the child needs somebody to
-- act, whom to ring, what was tried and when, and who of the family is on the list too.
--
--   beside.add(view, rows) -> families     adds to each row, but for what only says of a hold:
--     need, need_for    points, and what they are for, where the road map tells need apart
--     ring              case/telephone.whom
--     tried             { { title, on, outcome | nil }, … } of this school year, the latest first
--   beside.together(rows, families)        the rows with those of a family next to each other
--   beside.name_families(rows, families)   adds `family`, the rows of brothers and sisters, the first of each
--
-- `view` is that of waymark.today. Brothers and sisters are children who have the same parent among their
-- contacts: the same name with the same number, e-mail or address. A parent is who may be rung.

local addresses = require "waymark.case.addresses"
local cases = require "waymark.case.entries"
local core = require "waymark.core"
local people = require "waymark.case.people"
local tables = require "waymark.base.tables"
local telephone = require "waymark.case.telephone"

local beside = {}

-- Nothing is sent, and nobody rung, of whom only the hold is said.
local of_nobody = tables.set "holds"

-- What was tried ---------------------------------------------------------------------

-- What an entry did with the family or the pupil, in the words of who did it; nil where it is no such thing.
local function try_of(view, entry, of)
  local step = view.space:step(entry.school, entry.step)
  if entry.kind == "attached" and entry.as == "sent" then
    local title = of and (of.title or of.kind == "recorded" and step and step.title) or "Letter"
    return { title = title, on = entry.on, outcome = "sent" }
  end
  if entry.kind ~= "recorded" or not step then return nil end
  if not entry.attempt and not cases.is_contact(step, entry) then return nil end
  return { title = step.title, on = entry.on, outcome = entry.outcome }
end

local function is_same_try(a, b) return a.title == b.title and a.on == b.on and a.outcome == b.outcome end

-- By pupil (row number), the latest first; a letter to both parents once.
local function tries_of(view)
  local by_pupil, by_id, year = {}, {}, core.date.academic_year(view.day)
  for _, entry in ipairs(view.entries) do by_id[entry.id] = entry end
  for i = #view.entries, 1, -1 do
    local entry = view.entries[i]
    local try = core.date.academic_year(entry.on) == year and try_of(view, entry, by_id[entry.of])
    if try then
      local list = by_pupil[entry.pupil] or {}
      if not list[1] or not is_same_try(list[#list], try) then list[#list + 1] = try end
      by_pupil[entry.pupil] = list
    end
  end
  return by_pupil
end

-- Families ---------------------------------------------------------------------------

-- What tells that a parent is another child's too: name and number, e-mail or address.
local function keys_of(contacts)
  local keys = {}
  for _, contact in ipairs(contacts) do
    local name = core.fold(contact.name)
    local function add(text)
      if contact.may_be_named and text ~= "" then keys[#keys + 1] = name .. "\n" .. text end
    end
    for _, number in ipairs(telephone.plain(contact)) do add(number) end
    add((contact.email or ""):lower())
    add(contact.address and addresses.squeezed(contact.address) or "")
  end
  return keys
end

-- The family of each person: a table that brothers and sisters have in common, a list of them.
local function families_of(contacts_of)
  local of_key, family = {}, {}
  local function join(one, other)
    if one == other then return end
    for _, person in ipairs(other) do
      one[#one + 1], family[person] = person, one
    end
  end
  for _, each in ipairs(contacts_of) do
    family[each.person] = { each.person }
    for _, key in ipairs(keys_of(each.contacts)) do
      local before = of_key[key]
      if before then join(family[before], family[each.person]) end
      of_key[key] = each.person
    end
  end
  return family
end

-- Of the rows of a section, those of a family next to each other, where the first of them was.
function beside.together(rows, families)
  local list, is_placed = {}, {}
  for i, row in ipairs(rows) do
    local family = not is_placed[row] and families[row.person] or {}
    if not is_placed[row] then list[#list + 1] = row end
    for k = i + 1, #family > 1 and #rows or 0 do
      local other = rows[k]
      local is_near = families[other.person] == family and other.person.school == row.person.school
      if is_near and not is_placed[other] then list[#list + 1], is_placed[other] = other, true end
    end
  end
  return list
end

-- Each row is given the first row of each other child of its family; `rows` in the order of their numbers.
function beside.name_families(rows, families)
  local first = {}
  for _, row in ipairs(rows) do first[row.person] = first[row.person] or row end
  for _, row in ipairs(rows) do
    row.family = {}
    for _, person in ipairs(families[row.person] or {}) do
      if person ~= row.person then table.insert(row.family, first[person]) end
    end
    table.sort(row.family, function(a, b) return a.number < b.number end)
  end
end

-- Rows -------------------------------------------------------------------------------

function beside.add(view, rows)
  local tries, contacts_of, concerned, is_known = tries_of(view), {}, {}, {}
  for _, row in ipairs(rows) do
    if not of_nobody[row.section] then concerned[#concerned + 1] = row end
  end
  for _, row in ipairs(concerned) do
    local person = row.person
    if not is_known[person] then
      local pupil = { pupil = person.row, school = person.school.key }
      local all = people.all(view.space, pupil)
      local contacts = people.on_list(all, pupil)
      contacts_of[#contacts_of + 1], is_known[person] = { person = person, contacts = contacts, all = all }, true
    end
    row.tried = tries[person.row] or {}
    local points, for_what = person.school.need(person.enrolment)
    if for_what then row.need, row.need_for = points, for_what end
  end
  local families, ring = families_of(contacts_of), {}
  for _, each in ipairs(contacts_of) do
    local of_family = {} -- a number that was wrong for one child is so for the others
    for _, person in ipairs(families[each.person]) do
      local more = view.entries_of[person.row] or {}
      table.move(more, 1, #more, #of_family + 1, of_family)
    end
    ring[each.person] = telephone.whom(each.contacts, of_family, each.all)
  end
  for _, row in ipairs(concerned) do row.ring = ring[row.person] end
  return families
end

return beside
