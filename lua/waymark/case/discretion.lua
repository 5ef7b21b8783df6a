-- case/discretion: what of other people may stand in a page about one pupil, and for
-- whom. A page for staff shows everything but an address that is confidential;
-- a page that leaves the school (referral, family) shows no phone number, e-mail
-- or address, no other child, and of adults only the parents that may be named,
-- and the school's own staff.
--
--   local d = discretion.new(space, pupil, audience)
--   d:words(text)    a text that a person wrote, others taken out of it
--   d:person(text)   with whom somebody spoke, who is a party or signed
--   d:owner(text)    who is to do something: a person, or words such as "the school"
--   d.taken          how often something was taken out of words
--   d:allow(names)   these may be named from now on, such as the parties of a contract in it
--   discretion.staff(space)   the names of staff
--
-- 1. Names are found as they stand in the registers and the contacts, however they are written
--    (case/spelling), addresses as case/addresses says; somebody whom the workspace does not know
--    cannot be found. Whoever gives a page away reads it first: the commands say so.
-- 2. A parent that may be named is one that is known to be (case/people), and not marked
--    "no contact".

local addresses = require "waymark.case.addresses"
local contacts = require "waymark.store.contacts"
local core = require "waymark.core"
local people = require "waymark.case.people"
local pupils = require "waymark.store.pupils"
local spelling = require "waymark.case.spelling"

local discretion = {}

local methods = {}
local mark = { __index = methods }

-- Asking the workspace ---------------------------------------------------------------

local function joined(...)
  local parts = {}
  for i = 1, select("#", ...) do
    local part = select(i, ...)
    if part and part ~= "" then parts[#parts + 1] = part end
  end
  return table.concat(parts, " ")
end

local function staff_names(space)
  local names = {}
  for _, who in next, space.settings.staff or {} do names[#names + 1] = who:match "^%s*(.-)%s*<" or who end
  table.sort(names)
  return names
end

-- Names of others ---------------------------------------------------------------------

-- Nobody else of the same name, such as two Mr Simões, is to be taken out.
local function is_allowed(name, allowed)
  for _, each in ipairs(allowed) do
    if spelling.contains(each, name) then return true end
  end
  return false
end

-- The ways in which people write an adult's name, the longest first.
local function names_of(contact)
  return { contact.name, joined(contact.forename, contact.surname), joined(contact.title, contact.surname),
    joined(contact.surname, contact.forename) }
end

local function add_name(names, name, with)
  local key, words = spelling.key(name)
  if words < 2 then return end
  names.with[key], names.most = with, math.max(names.most, words)
end

local function add_names(names, forename, surname, with)
  if not forename or not surname then return end
  add_name(names, joined(forename, surname), with)
  add_name(names, joined(surname, forename), with)
end

-- What is put in place of everybody else's name that the workspace knows, forename
-- first and surname first, by their keys: { with, most = words of the longest name }.
local function other_people(self)
  local names, own = { with = {}, most = 0 }, { with = {}, most = 0 }
  for row in contacts.each_name(self.space.store) do add_names(names, row[1], row[2], "[another adult]") end
  for row in pupils.each_name(self.space.store) do
    add_names(row[1] == self.pupil.pupil and own or names, row[2], row[3], "[another child]")
  end
  for _, contact in ipairs(self.contacts) do
    for _, name in ipairs(contact.may_be_named and {} or names_of(contact)) do
      if not is_allowed(name, self.allowed) then add_name(names, name, "[another adult]") end
    end
  end
  for name in next, own.with do names.with[name] = nil end
  for _, name in ipairs(self.allowed) do names.with[(spelling.key(name))] = nil end
  return names
end

local spelt = 2 -- words that a name may have in a text beyond those that it has: "Mc Leod", "O Neill"

-- The longest name that begins with word `i`: the number of its last word, and what
-- is put in its place. "Ann Smith-Jones" is not Ann Smith.
local function name_at(words, gaps, i, names)
  local key, last, with = "", nil, nil
  for k = i, math.min(i + names.most + spelt - 1, #words) do
    if k > i and not gaps[k - 1]:find "^[%s,.'-]*$" then break end
    key = key .. words[k][1]
    if names.with[key] and not gaps[k]:find "^%-+$" then last, with = k, names.with[key] end
  end
  return last, with
end

local function replace_names(text, names)
  local words, gaps = spelling.words(text)
  local parts, from, count = {}, 1, 0
  local i = 1
  while i <= #words do
    local last, with = name_at(words, gaps, i, names)
    if last then
      parts[#parts + 1] = text:sub(from, words[i][2] - 1) .. with
      from, count = words[last][3] + 1, count + 1
    end
    i = (last or i) + 1
  end
  return table.concat(parts) .. text:sub(from), count
end

-- Names that say who it is by themselves: forenames of children of the family, forenames and surnames of
-- adults of the pupil who may not be named.
local function forenames_of(self)
  local list = {}
  for _, name in ipairs(contacts.sibling_names(self.space.store, self.pupil.pupil)) do
    list[#list + 1] = { name, "[another child]" }
  end
  for _, contact in ipairs(self.contacts) do
    for _, name in ipairs(contact.may_be_named and {} or { contact.forename or "", contact.surname or "" }) do
      if name ~= "" then list[#list + 1] = { name, "[another adult]" } end
    end
  end
  return list
end

-- Addresses and numbers ------------------------------------------------------------------

-- Those that are not for the audience: { { ways, postcode, with }, … }
local function addresses_of(self)
  local list, known = {}, {}
  local function add(address, with)
    if not address or known[address] then return end
    local ways, postcode = addresses.ways(address)
    list[#list + 1], known[address] = { ways, postcode, with }, true
  end
  for _, contact in ipairs(self.contacts) do add(contact.withheld_address, "[confidential address]") end
  for _, row in ipairs(contacts.hidden_addresses(self.space.store, self.pupil.pupil)) do
    add(row.address, "[confidential address]")
  end
  for _, contact in ipairs(self.audience ~= "staff" and self.contacts or {}) do add(contact.address, "[address]") end
  table.sort(list, function(a, b) return a[3] == "[confidential address]" and b[3] ~= a[3] end)
  return list
end

local function take_address(text, ways, postcode, with)
  local parts, from, places = {}, 1, addresses.places(text, ways, postcode)
  for _, place in ipairs(places) do
    parts[#parts + 1] = text:sub(from, place[1] - 1) .. with
    from = place[2] + 1
  end
  return table.concat(parts) .. text:sub(from), #places
end

local email = "[%w._%%+-]+%s?@%s?[%w-]+%.[%w.-]*%w"
local phone = "%f[%d+]%+?%d[%d ()./\u{A0}\u{2010}\u{2011}\u{2013}-]+%d%f[^%d]"
local postcode = "%f[%w]%u%u?%d[%w]? ?%d%u%u%f[^%w]"
local upn = "%f[%w]%u" .. ("%d"):rep(11) .. "[%d%u]%f[^%w]"

-- A number that somebody could be rung on: 0 or +, and ten digits or more; not a day and a time.
local function is_phone(text)
  if text:find "^%d%d?([./-])%d%d?%1%d%d%d%d%f[%D]" then return false end
  local digits = text:gsub("%D", "")
  return (text:sub(1, 1) == "+" or digits:sub(1, 1) == "0") and #digits >= 10 and #digits <= 15
end

local function take_patterns(text, own_upn)
  local count = 0
  local function out(with, unless)
    return function(found)
      if unless and unless(found) then return nil end
      count = count + 1
      return with
    end
  end
  text = text:gsub(upn, out("[another child]", function(found) return found == own_upn end))
  text = text:gsub(email, out "[e-mail]")
  text = text:gsub(phone, out("[phone number]", function(found) return not is_phone(found) end))
  text = text:gsub(postcode, out "[address]")
  return text, count
end

-- The pages ---------------------------------------------------------------------------------

function discretion.new(space, pupil, audience, list)
  local self = setmetatable({ space = space, pupil = pupil, audience = audience, taken = 0 }, mark)
  self.contacts, self.allowed = list or people.all(space, pupil), staff_names(space)
  for _, contact in ipairs(self.contacts) do
    if contact.may_be_named then
      for _, name in ipairs(names_of(contact)) do self.allowed[#self.allowed + 1] = name end
    end
  end
  self.allowed[#self.allowed + 1] = pupil.name
  self.addresses = addresses_of(self)
  return self
end

function methods.allow(self, names)
  self.allowed, self.people = { table.unpack(self.allowed) }, nil
  for _, name in ipairs(names) do self.allowed[#self.allowed + 1] = name end
end

local function counted(self, text, count)
  self.taken = self.taken + count
  return text
end

local function take_people(self, text)
  if not self.people then self.people, self.forenames = other_people(self), forenames_of(self) end
  text = counted(self, replace_names(text, self.people))
  for _, each in ipairs(self.forenames) do
    if not is_allowed(each[1], self.allowed) then
      text = counted(self, spelling.replace(text, each[1], each[2], true))
    end
  end
  return text
end

-- Whatever an entry holds, as a text: older plugins kept other forms, and none is lost.
function discretion.text(value)
  if type(value) == "boolean" then return value and "yes" or "no" end
  if type(value) == "number" then return tostring(math.tointeger(value) or value) end
  if type(value) ~= "table" then return type(value) == "string" and value or "?" end
  local parts, names = {}, {}
  for i, each in ipairs(value) do parts[i] = discretion.text(each) end
  for name in next, value do
    if not parts[name] then names[#names + 1] = tostring(name) end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    parts[#parts + 1] = ("%s: %s"):format((name:gsub("_", " ")), discretion.text(value[name]))
  end
  return table.concat(parts, "; ")
end

-- A text as the audience may read it; nil stays nil.
function methods.words(self, text)
  if text == nil then return nil end
  text = discretion.text(text)
  for _, each in ipairs(self.addresses) do text = counted(self, take_address(text, each[1], each[2], each[3])) end
  if self.audience == "staff" then return text end
  return take_people(self, counted(self, take_patterns(text, self.pupil.upn)))
end

local function is_the_pupil(self, text)
  local folded, name = core.fold(text), core.fold(self.pupil.name)
  for _, each in ipairs { "pupil", "the pupil", "child", "the child", name } do
    if folded == each then return true end
  end
  return name:sub(1, #folded + 1) == folded .. " " -- the forename
end

-- The parents and staff of a text, who may be named.
local function named_in(self, text)
  local names = {}
  for _, contact in ipairs(people.named_in(self.contacts, text)) do
    if contact.may_be_named and not is_allowed(contact.name, names) then names[#names + 1] = contact.name end
  end
  for _, name in ipairs(self.allowed) do
    if spelling.contains(text, name) and not is_allowed(name, names) then names[#names + 1] = name end
  end
  return names
end

-- Words that name nobody: "jointly", "both parents", "the family".
local nobody = {}
for word in ([[ a all and apart both by carer carers child e each everybody family father her his home in jointly letter
  mail email meeting mother mum dad nobody of office on one our parent parents person phone pupil school separately
  staff team telephone the their themselves they together two with ]]):gmatch "%S+" do
  nobody[word] = true
end

local function names_nobody(text)
  for _, word in ipairs(spelling.words(text)) do
    if not nobody[word[1]] then return false end
  end
  return true
end

-- With whom: a parent or member of staff by name, the pupil, or "another adult".
function methods.person(self, text)
  text = text ~= nil and discretion.text(text) or nil
  if text == nil or self.audience == "staff" then return text and self:words(text) end
  local names = named_in(self, text)
  if #names > 0 then return table.concat(names, ", ") end
  if is_the_pupil(self, text) then return self.pupil.name end
  return names_nobody(text) and text or "another adult"
end

-- Whether a text names an adult who may not be named, by the forename alone or as the
-- surname.
local function is_other_adult(self, text)
  for _, contact in ipairs(self.contacts) do
    local is_one = spelling.contains(text, contact.forename or "")
      or core.fold(text) == core.fold(contact.surname or "")
    if is_one and not contact.may_be_named then return true end
  end
  return false
end

-- Who is to do something.
function methods.owner(self, text)
  text = text ~= nil and discretion.text(text) or nil
  if text == nil or self.audience == "staff" then return text and self:words(text) end
  local names = named_in(self, text)
  if #names > 0 then return table.concat(names, ", ") end
  if is_the_pupil(self, text) then return self.pupil.name end
  return is_other_adult(self, text) and "another adult" or self:words(text)
end

discretion.staff = staff_names

return discretion
