-- case/telephone: whom to ring about a pupil, and which numbers turned out to be wrong.
--
--   telephone.whom(contacts, entries, all) -> { contact, numbers, wrong = { { contact, on, number }, … },
--                                               shared = { contact, … } }
--     contacts: those of the pupil (people.of), the first to be told first; entries: those of the pupil, or
--     of the family, that stand; all (else contacts): also those on other schools' lists and who are gone
--     (people.all), whom it goes on protecting. `contact` is the first who may be rung, nil when there is none;
--     `numbers` theirs, in the order to ring them, nil where they are kept confidential; `wrong` has whose number
--     was wrong, and since when, and which where it is one of several and nobody's who is protected; `shared` the
--     contacts whose number somebody has, too, who must not be rung
--   telephone.plain(contact)  -> the digits of each number of a contact, however it is written
--   telephone.mark(contacts, entries, ids, all)   what an entry keeps of a number that was wrong, or nil; `ids` are
--     those of the contacts that it names, by field: nil, if it names nobody, then it is whoever would be rung
--
-- 1. Rung is a parent (case/people) with whom there is contact, and nobody else: a number of one
--    marked "no contact" or of whom nobody knows that they are a parent is never given. A telephone that two of the
--    contacts have is answered by either: what one of them may not be rung on is given for nobody, also where that
--    one is on another school's list, or on none any more.
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

local function mark_of(number) return core.system.sha256(plain(number)):sub(1, 4) end

-- The numbers of a contact, as they are written: a contact may have come in several rows, with one in each.
local function numbers_of(contact)
  local list = {}
  for text in (contact.phone or ""):gmatch "[^;]+" do
    if text:find "%d" then list[#list + 1] = text:match "^%s*(.-)%s*$" end
  end
  return list
end

local fewest_digits = 5 -- of a number; fewer are an extension

-- The digits of the numbers in a text, which may hold several.
local function digits_in(text)
  local list = {}
  for part in text:gmatch "[%d%s()+.-]+" do
    local number = plain(part)
    if #number > fewest_digits then list[#list + 1] = number end
  end
  return list
end

function telephone.plain(contact)
  local list = numbers_of(contact)
  for i, number in ipairs(list) do list[i] = plain(number) end
  return list
end

-- Whether a number is one of those of contacts with a flag, too.
local function is_shared(number, contacts, flag)
  local digits = digits_in(number)
  for _, each in ipairs(contacts) do
    for _, theirs in ipairs(each[flag] and digits_in(each.phone or "") or {}) do
      if tables.has(digits, theirs) then return true end
    end
  end
  return false
end

-- Since when numbers were wrong, by their marks.
local function wrong_since(entries)
  local since = {}
  for _, entry in ipairs(entries) do
    local mark = entry.wrong_number
    if mark and not (since[mark] and since[mark] <= entry.on) then since[mark] = entry.on end
  end
  return since
end

-- The numbers of a contact that are not wrong, those of them that may be rung, and those that are wrong, with the day:
-- { number, on }. An entry of before may have the mark of all numbers together.
local function standing(contact, since, all)
  local good, may, wrong = {}, {}, {}
  local all_since = since[mark_of(contact.phone)]
  for _, number in ipairs(numbers_of(contact)) do
    local on = since[mark_of(number)] or all_since
    if on then wrong[#wrong + 1] = { number = number, on = on } else good[#good + 1] = number end
    if not on and not is_shared(number, all, "no_contact") then may[#may + 1] = number end
  end
  return good, may, wrong
end

function telephone.whom(contacts, entries, all)
  local whom, since = { wrong = {}, shared = {} }, wrong_since(entries)
  all = all or contacts
  for _, contact in ipairs(contacts) do
    if contact.may_be_named and has_number(contact) then
      local good, may, wrong = standing(contact, since, all)
      local kept = contact.confidential_address
      for _, number in ipairs(good) do kept = kept or is_shared(number, all, "confidential_address") end
      for i, each in ipairs(wrong) do
        if not whom.contact or #good == 0 then
          local is_given = #good > 0 and not kept and not is_shared(each.number, all, "no_contact")
            and not is_shared(each.number, all, "confidential_address")
          local number = is_given and each.number or nil
          if number or i == 1 then
            whom.wrong[#whom.wrong + 1] = { contact = contact, on = each.on, number = number }
          end
        end
      end
      if not whom.contact and #may > 0 then
        whom.contact, whom.numbers = contact, not kept and may or nil
      elseif not whom.contact and #good > 0 then
        whom.shared[#whom.shared + 1] = contact
      end
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

function telephone.mark(contacts, entries, ids, all)
  local contact = not ids and telephone.whom(contacts, entries, all).contact or nil
  for _, each in ipairs(ids and contacts or {}) do
    if has_id(ids, each.id) then contact = contact or each end
  end
  if not contact or not has_number(contact) then return nil end
  local good, may = standing(contact, wrong_since(entries), all or contacts)
  return mark_of(may[1] or good[1] or contact.phone) -- the first was rung
end

return telephone
