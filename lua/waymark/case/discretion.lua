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
--   discretion.contains(text, phrase)   as whole words; .staff(space)   the names of staff
--
-- 1. Names are found as they stand in the registers and the contacts, however their letters,
--    accents, apostrophes and hyphens are written (core.fold); somebody whom the workspace
--    does not know cannot be found. Whoever gives a page away
--    reads it first: the commands say so.
-- 2. A parent that may be named is one that is known to be (case/people), and not marked
--    "no contact".

local contacts = require "waymark.store.contacts"
local core = require "waymark.core"
local people = require "waymark.case.people"
local pupils = require "waymark.store.pupils"

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

-- Finding in texts ---------------------------------------------------------------------

local spaces = { "،", "؛", "؟", "、", "。", "，", "\u{3000}" }

-- Signs of more than ASCII, as ASCII of the same length: quotes and dashes end a word,
-- apostrophes and hyphens do not.
local function plain_signs(text)
  text = text:gsub("`", "'")
  if not text:find "[\x80-\xFF]" then return text end
  for _, sign in ipairs(spaces) do text = text:gsub(sign, (" "):rep(#sign)) end
  text = text:gsub("\xE2\x80([\x80-\xBF])", function(sign)
    if sign >= "\x8B" and sign <= "\x8F" then return nil end -- shows nothing
    if sign == "\x90" or sign == "\x91" then return "---" end
    return (sign == "\x98" or sign == "\x99" or sign == "\x9B") and "'''" or "   "
  end)
  return (text:gsub("\xC2([\x80-\xBF])", function(sign)
    if sign ~= "\xAD" then return sign == "\xB4" and "''" or "  " end
  end))
end

-- As texts are searched: byte for byte what core.fold gives, without such signs.
local function folded_of(text) return plain_signs(core.fold(text)) end

-- Bytes of words: letters, digits, and whatever is not ASCII.
local function is_word(byte) return byte ~= nil and (byte >= 0x80 or string.char(byte):find "%w" ~= nil) end

local function stands_alone(text, first, last)
  return not (is_word(text:byte(first)) and is_word(text:byte(first - 1)))
    and not (is_word(text:byte(last)) and is_word(text:byte(last + 1)))
end

-- Where the phrase `needle` (folded) stands in a folded text as whole words, from `from` on.
local function find_words(folded, needle, from)
  while needle ~= "" do
    local first, last = folded:find(needle, from, true)
    if not first or stands_alone(folded, first, last) then return first, last end
    from = first + 1
  end
end

local function contains(text, phrase) return find_words(folded_of(text), folded_of(phrase), 1) ~= nil end

-- Whether what is written begins as a name does: by its own letter, or with a capital.
local function begins_as(written, name)
  return written:find "^%u" ~= nil or written:match(utf8.charpattern) == name:match(utf8.charpattern)
end

-- text with every `phrase` (of whole words) replaced; `as_name`: not where it is written as a
-- word of the language. -> text, how often
local function replace(text, phrase, with, as_name)
  local needle, folded = folded_of(phrase), folded_of(text)
  if not find_words(folded, needle, 1) then return text, 0 end
  local _, places = core.fold_places(text)
  local parts, from, search, count = {}, 1, 1, 0
  while true do
    local first, last = find_words(folded, needle, search)
    if not first then break end
    search = last + 1
    local begins, ends = places[first], places[last + 1]
    if not as_name or begins_as(text:sub(begins, ends - 1), phrase) then
      parts[#parts + 1] = text:sub(from, begins - 1) .. with
      from, count = ends, count + 1
    end
  end
  return table.concat(parts) .. text:sub(from), count
end

-- Names of others ---------------------------------------------------------------------

-- The words of a text: where each begins and ends, and folded.
local function words_in(text)
  local list, plain = {}, plain_signs(text)
  for first, word in plain:gmatch "()([%w\x80-\xFF][%w\x80-\xFF'-]*)" do
    local last = first + #word:gsub("['-]+$", "") - 1
    list[#list + 1] = { first, last, core.fold(text:sub(first, last)) }
  end
  return list, plain
end

-- The words of a name as one text, parts joined by a hyphen apart; and how many spaces it has.
local function name_key(name)
  local words = words_in(name)
  for i, word in ipairs(words) do words[i] = word[3] end
  local key = table.concat(words, " ")
  return key, select(2, key:gsub(" ", ""))
end

local function add_names(names, forename, surname, with)
  if not forename or not surname then return end
  for _, name in ipairs { joined(forename, surname), joined(surname, forename) } do
    local key, gaps = name_key(name)
    if gaps > 0 then names.with[key], names.most = with, math.max(names.most, gaps + 1) end
  end
end

-- What is put in place of everybody else's name that the workspace knows, forename
-- first and surname first, by their keys: { with, most = words of the longest name }.
local function other_people(space, pupil, allowed)
  local names, own = { with = {}, most = 0 }, { with = {}, most = 0 }
  for row in contacts.each_name(space.store) do add_names(names, row[1], row[2], "[another adult]") end
  for row in pupils.each_name(space.store) do
    add_names(row[1] == pupil.pupil and own or names, row[2], row[3], "[another child]")
  end
  for name in next, own.with do names.with[name] = nil end
  for _, name in ipairs(allowed) do names.with[(name_key(name))] = nil end
  return names
end

-- The longest name that begins with word `i`: the number of its last word, and what
-- is put in its place.
local function name_at(plain, words, i, names)
  local phrase, last, with = words[i][3], nil, nil
  for k = i + 1, math.min(i + names.most - 1, #words) do
    if not plain:sub(words[k - 1][2] + 1, words[k][1] - 1):find "^[%s,]+$" then break end
    local word = words[k][3]
    local bare = word:gsub("'s$", "")
    local known = names.with[phrase .. " " .. word] or names.with[phrase .. " " .. bare]
    if known then last, with = k, known end
    phrase = phrase .. " " .. word
  end
  return last, with
end

local function replace_names(text, names)
  local words, plain = words_in(text)
  local parts, from, count = {}, 1, 0
  local i = 1
  while i <= #words do
    local last, with = name_at(plain, words, i, names)
    if last then
      parts[#parts + 1] = text:sub(from, words[i][1] - 1) .. with
      from, count = words[last][2] + 1, count + 1
    end
    i = (last or i) + 1
  end
  return table.concat(parts) .. text:sub(from), count
end

-- What is looked for --------------------------------------------------------------------

-- Nobody else of the same name, such as two Mr Simões, is to be taken out.
local function is_allowed(name, allowed)
  for _, each in ipairs(allowed) do
    if contains(each, name) then return true end
  end
  return false
end

-- The ways in which people write an adult's name, the longest first.
local function names_of(contact)
  return { contact.name, joined(contact.forename, contact.surname), joined(contact.title, contact.surname) }
end

local function add_adult(list, contact, allowed)
  for _, name in ipairs(names_of(contact)) do
    if name:find(" ", 1, true) and not is_allowed(name, allowed) then list[#list + 1] = { name, "[another adult]" } end
  end
end

-- Addresses ---------------------------------------------------------------------------

local least_address = 6 -- bytes; less is found everywhere

local function add_phrase(list, phrase, with)
  if phrase and #phrase >= least_address then list[#list + 1] = { phrase, with } end
end

-- "14 Quiet Court" -> "Quiet Court"; nil when that is no name of two words
local function without_number(street)
  local name = street:match "^[%d/-]+%a?%s+(.+)$"
  return name and name:find "%S%s+%S" and name or nil
end

-- Add the ways in which people write an address in a note to a list of { phrase, with }: the whole
-- of it, and the street with the number. Of one that is confidential also the street or the
-- house by its name, and the postcode; the town stays, since a whole school lives there.
function discretion.add_address(list, address, with, is_confidential)
  if not address then return end
  add_phrase(list, address, with)
  local street = address:match "^%s*([^,\r\n]-)%s*[,\r\n]"
  local has_number = street and street:find "%d" and street:find "%a"
  if has_number or is_confidential and street and street:find "%S%s+%S" then add_phrase(list, street, with) end
  if not is_confidential then return end
  add_phrase(list, without_number(street or address), with)
  local postcode = address:match "%u%u?%d[%w]? ?%d%u%u"
  add_phrase(list, postcode, with)
  add_phrase(list, postcode and (postcode:gsub(" ", "")), with)
end

local function phrases_of(self)
  local list = {}
  for _, contact in ipairs(self.contacts) do
    if contact.confidential_address then
      discretion.add_address(list, contact.withheld_address, "[confidential address]", true)
    elseif self.audience ~= "staff" then
      discretion.add_address(list, contact.address, "[address]")
    end
    if self.audience ~= "staff" and not contact.may_be_named then add_adult(list, contact, self.allowed) end
  end
  return list
end

local email = "[%w._%%+-]+@[%w-]+%.[%w.-]*%w"
local phone = "%f[%d+]%+?%d[%d ()-]+%d%f[^%d]"
local postcode = "%f[%w]%u%u?%d[%w]? ?%d%u%u%f[^%w]"
local upn = "%f[%w]%u" .. ("%d"):rep(11) .. "[%d%u]%f[^%w]"

-- A number that somebody could be rung on: 0 or +, and ten digits or more.
local function is_phone(text)
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
  self.phrases = phrases_of(self)
  return self
end

local function take_phrase(self, text, phrase, with, as_name)
  local count
  text, count = replace(text, phrase, with, as_name)
  self.taken = self.taken + count
  return text
end

local function take_people(self, text)
  if not self.people then
    self.people = other_people(self.space, self.pupil, self.allowed)
    self.siblings = contacts.sibling_names(self.space.store, self.pupil.pupil)
  end
  local count
  text, count = replace_names(text, self.people)
  self.taken = self.taken + count
  for _, name in ipairs(self.siblings) do
    if not is_allowed(name, self.allowed) then text = take_phrase(self, text, name, "[another child]", true) end
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
  for _, each in ipairs(self.phrases) do text = take_phrase(self, text, each[1], each[2]) end
  if self.audience == "staff" then return text end
  local count
  text, count = take_patterns(text, self.pupil.upn)
  self.taken = self.taken + count
  return take_people(self, text)
end

local function is_the_pupil(self, text)
  local folded, name = core.fold(text), core.fold(self.pupil.name)
  for _, each in ipairs { "pupil", "the pupil", "child", "the child", name } do
    if folded == each then return true end
  end
  return name:sub(1, #folded + 1) == folded .. " " -- the forename
end

-- Whether "Mrs Wells" can be only this one of the pupil's contacts.
local function is_said_short(self, text, contact)
  local short = joined(contact.title, contact.surname)
  if not contact.title or not contact.surname or not contains(text, short) then return false end
  for _, each in ipairs(self.contacts) do -- the same person may be on the lists of two schools
    if joined(each.title, each.surname) == short and each.name ~= contact.name then return false end
  end
  return true
end

-- The parents and staff of a text, who may be named.
local function named_in(self, text)
  local names = {}
  for _, contact in ipairs(self.contacts) do
    local bare = joined(contact.forename, contact.surname)
    local is_said = contains(text, contact.name) or (bare ~= "" and contains(text, bare))
      or is_said_short(self, text, contact) or core.fold(contact.relationship or "") == core.fold(text)
    local is_new = contact.may_be_named and is_said and not is_allowed(contact.name, names)
    if is_new then names[#names + 1] = contact.name end
  end
  for _, name in ipairs(staff_names(self.space)) do
    if contains(text, name) and not is_allowed(name, names) then names[#names + 1] = name end
  end
  return names
end

-- With whom: a parent or member of staff by name, the pupil, or "another adult".
function methods.person(self, text)
  text = text ~= nil and discretion.text(text) or nil
  if text == nil or self.audience == "staff" then return text and self:words(text) end
  local names = named_in(self, text)
  if #names > 0 then return table.concat(names, ", ") end
  return is_the_pupil(self, text) and self.pupil.name or "another adult"
end

-- Whether a text names an adult who may not be named, by the forename alone or as the
-- surname.
local function is_other_adult(self, text)
  for _, contact in ipairs(self.contacts) do
    local is_one = contains(text, contact.forename or "") or core.fold(text) == core.fold(contact.surname or "")
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

discretion.contains, discretion.staff = contains, staff_names

return discretion
