-- case/telephone: whom to ring about a pupil, and which numbers turned out to be wrong.
--
--   telephone.whom(contacts, entries) -> { contact, number, wrong = { { contact, on }, … } }
--     contacts: those of the pupil (people.of), the first to be told first; entries: those of the pupil, or
--     of the family, that stand. `contact` is the first whose number may be rung, nil when there is none;
--     `number` is nil where it is kept confidential; `wrong` has whose number was wrong, and since when
--   telephone.mark(contacts, entries, ids)   what an entry keeps of a number that was wrong, or nil; `ids` are those
--     of the contacts that it names, by field: nil, if it names nobody, then it is whoever would be rung
--
-- 1. Rung is a parent (case/people) with whom there is contact, and nobody else: a number of one
--    marked "no contact" or of whom nobody knows that they are a parent is never given.
-- 2. A list lies about on paper: of a contact with a confidential address it has the name alone, and whoever may
--    see the number looks at the pupil.
-- 3. A number is wrong, whoever has it, until another one of that contact comes in or the entry is struck out. Of
--    what was recorded before Waymark nobody knows which number it was. An entry keeps a digest of the number, long
--    enough to see whether it is still that one and too short to find it by, since plugins see entries that
--    may not see contacts.

local core = require "waymark.core"

local telephone = {}

local function has_number(contact) return (contact.phone or ""):find "%d" ~= nil end

-- However it is written: "01632 960 123" is "(01632) 960123".
local function mark_of(contact) return core.system.sha256((contact.phone:gsub("%D", ""))):sub(1, 4) end

function telephone.whom(contacts, entries)
  local whom, since = { wrong = {} }, {}
  for _, entry in ipairs(entries) do
    local mark = entry.wrong_number
    if mark and not (since[mark] and since[mark] <= entry.on) then since[mark] = entry.on end
  end
  for _, contact in ipairs(contacts) do
    local mark = contact.may_be_named and has_number(contact) and mark_of(contact)
    if mark and since[mark] then
      whom.wrong[#whom.wrong + 1] = { contact = contact, on = since[mark] }
    elseif mark and not whom.contact then
      whom.contact, whom.number = contact, not contact.confidential_address and contact.phone or nil
    end
  end
  return whom
end

-- Whether the ids of an entry's contacts, by field, have one.
local function has_id(ids, id)
  for _, each in next, ids do
    if each == id then return true end
    for _, one in ipairs(type(each) == "table" and each or {}) do
      if one == id then return true end
    end
  end
  return false
end

function telephone.mark(contacts, entries, ids)
  local contact = not ids and telephone.whom(contacts, entries).contact or nil
  for _, each in ipairs(ids and contacts or {}) do
    if has_id(ids, each.id) then contact = contact or each end
  end
  return contact and has_number(contact) and mark_of(contact) or nil
end

return telephone
