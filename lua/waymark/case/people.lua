-- case/people: the contacts of a pupil: who they are, which of them is a parent, and whom a
-- person means.
--
--   people.of(space, pupil)      those on the list of the pupil's school, the first to be told
--                                first; pupil = { pupil = row number, school = key }
--   people.all(space, pupil)     also those on other schools' lists, and who are gone
--   people.siblings(space, pupil, day)   -> { { pupil, name, form }, … }, the other children on roll on a day
--                                who have a parent in common with the pupil
--   people.by_id(list, id)
--   people.find(list, text)      -> contact | nil, those it may be
--   people.pick(list, text, whose)   the same; raises when it is none, or several
--   people.named_in(list, text)  all whom a text names: "Mrs Byron and the father", "both parents"
--   people.kin(text)             the relationship that a text says, "dad" as "father", or nil
--   people.names(list)           each told apart from the others
--   people.which_of(text, list)  what is said when a text may be several
--
-- A contact: { id, name, salutation, title, forename, surname, relationship, priority, email,
-- phone, address, language, communication_needs, dob, checked_on, school (key) } and, true,
-- false or nil where it is not known: parental_responsibility, lives_with, no_contact,
-- confidential_address, gone. `parent` is "yes", "no" or "unknown" (lua/sdk/people);
-- `may_be_named`, whether a page that leaves the school may name them, is so of a parent
-- with whom there is contact.
--
-- 1. `id`, the contact's number, is what joins: two people may have one name.
-- 2. `address` is never one that is confidential: that is `withheld_address`, for taking it
--    out of texts and nothing else.

local contacts = require "waymark.store.contacts"
local core = require "waymark.core"
local problem = require "waymark.base.problem"
local spelling = require "waymark.case.spelling"
local sdk_people = core.sdk "people"

local people = {}

local flags = { "parental_responsibility", "lives_with", "no_contact", "confidential_address", "gone" }

function people.name(contact)
  local parts = {}
  for _, name in ipairs { "title", "forename", "surname" } do parts[#parts + 1] = contact[name] end
  return table.concat(parts, " ")
end

local function complete(contact)
  for _, name in ipairs(flags) do
    if contact[name] ~= nil then contact[name] = contact[name] == 1 end
  end
  contact.name = people.name(contact)
  contact.salutation = contact.title and contact.surname and contact.title .. " " .. contact.surname or contact.name
  contact.parent = sdk_people.parent(contact)
  contact.may_be_named = contact.parent == "yes" and not contact.no_contact
  if contact.confidential_address then contact.address, contact.withheld_address = nil, contact.address end
  return contact
end

function people.all(space, pupil)
  local list = contacts.of(space.store, pupil.pupil)
  for _, contact in ipairs(list) do complete(contact) end
  return list
end

local function those(list, test)
  local kept = {}
  for _, contact in ipairs(list) do
    if test(contact) then kept[#kept + 1] = contact end
  end
  return kept
end

-- Of all contacts, those that people.of gives.
function people.on_list(list, pupil)
  return those(list, function(contact) return not contact.gone and contact.school == pupil.school end)
end

function people.of(space, pupil) return people.on_list(people.all(space, pupil), pupil) end

function people.siblings(space, pupil, day)
  local list, seen, own = {}, {}, people.all(space, pupil)
  for _, row in ipairs(contacts.shared_by(space.store, pupil.pupil, day)) do
    local is_here = not seen[row.pupil] and people.by_id(own, row.mine).parent == "yes"
    if is_here and people.by_id(people.all(space, row), row.theirs).parent == "yes" then
      list[#list + 1], seen[row.pupil] = row, true
    end
  end
  return list
end

function people.by_id(list, id)
  for _, contact in ipairs(list) do
    if contact.id == id then return contact end
  end
end

-- Whom a person means ---------------------------------------------------------------

-- "Mr Ali Khan (stepfather)": tells people of one name apart.
local function full_name(contact)
  local more = contact.relationship
  return more and more ~= "" and ("%s (%s)"):format(contact.name, more) or contact.name
end

-- Whether each word of a text is a word of the name: "Mrs Byron" of "Mrs Anne Byron".
local function has_words(contact, low)
  local words = {}
  for word in core.fold(contact.name):gmatch "%S+" do words[word] = true end
  for word in low:gmatch "%S+" do
    if not words[word] then return false end
  end
  return low:find "%S" ~= nil
end

-- Kin --------------------------------------------------------------------------------

local kin = { mum = "mother", mummy = "mother", mam = "mother", mom = "mother", dad = "father",
  daddy = "father", nan = "grandmother", nana = "grandmother", nanny = "grandmother",
  gran = "grandmother", granny = "grandmother", grandma = "grandmother", grandad = "grandfather",
  granddad = "grandfather", grandpa = "grandfather", stepmum = "stepmother", stepdad = "stepfather",
  auntie = "aunt", aunty = "aunt" }
for _, word in ipairs { "mother", "father", "grandmother", "grandfather", "stepmother", "stepfather", "aunt", "uncle",
  "guardian" } do
  kin[word] = word
end

local function relationship(text)
  local plain = core.fold(text):gsub("%f[%w]the%s+", ""):gsub("%f[%w]h[ei][rs]%s+", ""):gsub("%f[%w]their%s+", "")
    :gsub("[%s-]", "")
  return kin[plain] or plain
end

function people.kin(text)
  local plain = relationship(text)
  return kin[plain] and plain or nil
end

local function is_relationship(contact, text)
  return (contact.relationship or "") ~= "" and relationship(contact.relationship) == relationship(text)
end

-- "Mrs Wells", where that can be only this one.
local function is_said_short(list, contact, text)
  if not contact.title or not contact.surname then return false end
  local short = contact.title .. " " .. contact.surname
  if not spelling.contains(text, short) then return false end
  for _, each in ipairs(list) do -- the same person may be on the lists of two schools
    if each.title and each.surname and each.title .. " " .. each.surname == short and each.name ~= contact.name then
      return false
    end
  end
  return true
end

local function is_named(list, contact, text)
  local bare = ("%s %s"):format(contact.forename or "", contact.surname or ""):match "^%s*(.-)%s*$"
  if spelling.contains(text, contact.name) or bare ~= "" and spelling.contains(text, bare) then return true end
  if is_said_short(list, contact, text) then return true end
  local folded = core.fold(text)
  if folded == "both parents" or folded == "the parents" or folded == "both" then return contact.parent == "yes" end
  for part in (folded:gsub("%f[%w]and%f[%W]", ",") .. ","):gmatch "([^,&+/;]*)[,&+/;]" do
    if is_relationship(contact, part:match "^%s*(.-)%s*$") then return true end
  end
  return false
end

function people.named_in(list, text)
  return those(list, function(contact) return is_named(list, contact, text) end)
end

-- By the number ("12", "contact 12"), the whole name, with the relationship behind it or
-- without, else by words of it, a part of it or the relationship.
function people.find(list, text)
  local low = core.fold(text)
  if low == "" then return nil, {} end -- "-" is nobody
  local id = math.tointeger(tonumber(low:match "^contact (%d+)$" or low:match "^%d+$"))
  local ways = {
    function(contact) return id ~= nil and contact.id == id end,
    function(contact) return core.fold(full_name(contact)) == low end,
    function(contact) return core.fold(contact.name) == low end,
    function(contact) return has_words(contact, low) end,
    function(contact) return core.fold(contact.name):find(low, 1, true) or is_relationship(contact, low) end,
  }
  local matches
  for _, way in ipairs(ways) do
    matches = those(list, way)
    if #matches > 0 then break end
  end
  if #matches == 1 then return matches[1] end
  return nil, matches
end

function people.names(list)
  local names, count, is_numbered = {}, {}, false
  for i, each in ipairs(list) do
    names[i] = #those(list, function(other) return other.name == each.name end) > 1 and full_name(each) or each.name
    count[names[i]] = (count[names[i]] or 0) + 1
  end
  for i, each in ipairs(list) do
    if count[names[i]] > 1 then
      names[i], is_numbered = ("%s (contact %d)"):format(each.name, each.id), true
    end
  end
  return names, is_numbered
end

function people.which_of(text, list)
  local names, is_numbered = people.names(list)
  return problem.new { what = ('"%s" may be %s'):format(text, table.concat(names, " or ")),
    todo = is_numbered and "write it as contact NUMBER" or "give more of the name" }
end

-- `whose`: the pupil's name, for the message.
function people.pick(list, text, whose)
  local contact, others = people.find(list, text)
  if contact then return contact end
  if #others > 0 then error(people.which_of(text, others), 0) end
  local names = people.names(list)
  problem.raise('%s has no contact "%s"; there %s', whose, text,
    #names > 0 and "are: " .. table.concat(names, ", ") or "is none: import contacts first")
end

return people
