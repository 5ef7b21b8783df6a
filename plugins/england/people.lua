-- people: the parents of a child, and which contact an entry of the case is about. Who is a
-- parent, the contact says itself (`contact.parent`).
--
--   people.contacts(pupil)       the contacts; nil when the plugin may not see them
--   people.parents(pupil)        list of { id, name, contact }: those known to be parents
--   people.unknown(pupil)        the same of those of whom it is not known
--   people.find(pupil, who)      { id =, name = } of a contact's id, name or contact
--   people.same(person, run)     whether a run of the case is for this person
--   people.is_family(pupil, parties, owner)   whether who does something is of the family: one of the
--                                parties or contacts, the pupil, or "the parents"

local people = {}

function people.name(contact)
  local parts = {}
  for _, field in ipairs { "title", "forename", "surname" } do parts[#parts + 1] = contact[field] end
  return table.concat(parts, " ")
end

function people.contacts(pupil)
  local ok, list = pcall(function() return pupil.contacts end)
  return ok and list or nil
end

local function those(pupil, answer)
  local list = {}
  for _, contact in ipairs(people.contacts(pupil) or {}) do
    if contact.parent == answer then
      list[#list + 1] = { id = contact.id, name = people.name(contact), contact = contact }
    end
  end
  return list
end

function people.parents(pupil) return those(pupil, "yes") end
function people.unknown(pupil) return those(pupil, "unknown") end

function people.find(pupil, who)
  if type(who) == "table" then return { id = who.id, name = who.name or people.name(who) } end
  for _, contact in ipairs(people.contacts(pupil) or {}) do
    if contact.id == who or people.name(contact) == who then
      return { id = contact.id, name = people.name(contact) }
    end
  end
  return { name = tostring(who) } -- somebody who is no contact any more, or never was
end

function people.same(person, run)
  if run.contact and person.id then return run.contact == person.id end
  return run.parent ~= nil and fold(run.parent) == fold(person.name)
end

-- "grandparents" and "stepfather" are of the family as "parent" and "father" are.
local kin = {}
for word in ("parent mother father mum mam dad carer family"):gmatch "%a+" do kin[word] = true end

local function is_kin(word) return kin[(word:gsub("^grand", ""):gsub("^step", ""):gsub("^(%l+%l)s$", "%1"))] end

local function words_of(text)
  local list, set = {}, {}
  for word in fold(text):gmatch "[^%s%p]+" do list[#list + 1], set[word] = word, true end
  return list, set
end

-- The names of the family, as far as the plugin may see them.
local function names_of(pupil, parties)
  local ok, name = pcall(function() return pupil.name end)
  local names = { ok and name or nil }
  for _, each in ipairs(parties or {}) do names[#names + 1] = each end
  for _, contact in ipairs(people.contacts(pupil) or {}) do names[#names + 1] = people.name(contact) end
  return names
end

function people.is_family(pupil, parties, owner)
  local words = words_of(owner)
  for _, word in ipairs(words) do
    if is_kin(word) then return true end
  end
  for _, name in ipairs(names_of(pupil, parties)) do
    local _, known = words_of(name)
    local all = #words > 0
    for _, word in ipairs(words) do all = all and known[word] == true end
    if all then return true end
  end
  return false
end

return people
