-- case/telephone: whom to ring about a pupil, and which numbers turned out to be wrong.
--
--   telephone.whom(contacts, entries) -> { contact, number, wrong = { { contact, on }, … },
--                                          shared = { contact, … } }
--     contacts: those of the pupil (people.of), the first to be told first; entries: those of the pupil, or
--     of the family, that stand. `contact` is the first whose number may be rung, nil when there is none;
--     `number` is nil where it is kept confidential; `wrong` has whose number was wrong, and since when;
--     `shared` the contacts whose number somebody has, too, who must not be rung
--   telephone.mark(contacts, entries, ids)   what an entry keeps of a number that was wrong, or nil; `ids` are those
--     of the contacts that it names, by field: nil, if it names nobody, then it is whoever would be rung
--
-- 1. Rung is a parent (case/people) with whom there is contact, and nobody else: a number of one
--    marked "no contact" or of whom nobody knows that they are a parent is never given. A telephone that two of the
--    contacts have is answered by either: what one of them may not be rung on is given for nobody.
-- 2. A list lies about on paper: of a contact with a confidential address it has the name alone, and whoever may
--    see the number looks at the pupil. The number stands beside no other name either.
-- 3. A number is wrong, whoever has it, until another one of that contact comes in or the entry is struck out. Of
--    what was recorded before Waymark nobody knows which number it was. An entry keeps a digest of the number, long
--    enough to see whether it is still that one and too short to find it by, since plugins see entries that
--    may not see contacts.

local core = require "waymark.core"
local tables = require "waymark.base.tables"

local telephone = {}

local function has_number(contact) return (contact.phone or ""):find "%d" ~= nil end

-- The digits of a number, however it is written: "01632 960 123" is "(01632) 960123", "+44 (0)1632 960123" and what
-- a spreadsheet leaves of it, "1632960123".
local function plain(number)
  local digits = number:gsub("%D", ""):gsub("^0+", "")
  if #digits > 10 then digits = digits:gsub("^440?", "") end
  return "0" .. digits
end

local function mark_of(contact) return core.system.sha256(plain(contact.phone)):sub(1, 4) end

local fewest_digits = 5 -- of a number; fewer are an extension

-- The numbers in the cell of a contact, which may hold several.
local function numbers_of(contact)
  local list = {}
  for text in (contact.phone or ""):gmatch "[%d%s()+.-]+" do
    local number = plain(text)
    if #number > fewest_digits then list[#list + 1] = number end
  end
  return list
end

-- Whether a number of a contact is one of those with a flag, too.
local function is_shared(contact, contacts, flag)
  local numbers = numbers_of(contact)
  for _, each in ipairs(contacts) do
    for _, number in ipairs(each[flag] and numbers_of(each) or {}) do
      if tables.has(numbers, number) then return true end
    end
  end
  return false
end

function telephone.whom(contacts, entries)
  local whom, since = { wrong = {}, shared = {} }, {}
  for _, entry in ipairs(entries) do
    local mark = entry.wrong_number
    if mark and not (since[mark] and since[mark] <= entry.on) then since[mark] = entry.on end
  end
  for _, contact in ipairs(contacts) do
    local mark = contact.may_be_named and has_number(contact) and mark_of(contact)
    if mark and since[mark] then
      whom.wrong[#whom.wrong + 1] = { contact = contact, on = since[mark] }
    elseif mark and not whom.contact and is_shared(contact, contacts, "no_contact") then
      whom.shared[#whom.shared + 1] = contact
    elseif mark and not whom.contact then
      local is_kept = is_shared(contact, contacts, "confidential_address") or contact.confidential_address
      whom.contact, whom.number = contact, not is_kept and contact.phone or nil
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
