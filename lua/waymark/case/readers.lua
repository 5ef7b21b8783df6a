-- case/readers: who may read an entry of a case, and what of it.
--
-- What it reads. An entry says for whom it is (`audience`: staff, referral or family), the
-- contacts that it names (`contacts`, by field; `with` as text), and what it belongs to (`of`).
-- A step declares the audience of its entries, and a record a narrower one of its own
-- (lua/sdk/api/step). A later choice (waymark audience) is in `audience` already, with `readers`:
-- the contacts who may read it (case/entries).
-- Who owns it. The entry's words are kept as they were recorded and are never changed here: `view`
-- gives the entry itself, or a copy without what the reader may not see.
-- How it flows. Whatever leaves staff, a chronology, a letter or a pack, asks `view` for each
-- entry first, and takes other people out of what is left after that (case/discretion).
--
--   local reader = readers.new(space, audience, contacts, entries, parent)
--     contacts: people.all; entries: those of the pupil that stand; parent: the contact whom the
--     copy is for or against. Without one it is for all parents that may be named, and what one
--     of them may not read is not in it
--   reader:view(entry)    -> the entry as it may be read | nil, why not: "staff", "referral", "other"
--   reader:told(entry)    the same for what a letter is about: whom it was done with decides alone.
--                         Second, whether that is unclear, since it names nobody
--   reader:may_be(entry)  whether a person may choose it for a referral: it names nobody, so that
--                         nobody knows whose it is
--   reader:choose(ids)    those that a person chose, { [id] = true }
--   reader:cut(entry)     without the records that are for staff alone, and nothing else
--   reader:hidden(entries, way)   what a step that fills in for the reader does not see of entries
--                         (ask/consult); way(entry): "view", if it is not given, "told" or "cut"
--   readers.audience(space, entry)             for whom it is
--   readers.given(step, given)                 -> audience, chosen: of a new entry
--   readers.together(contact, other)           whether they are known to live together
--
-- 1. Staff read everything. A record for staff alone is in no other copy, whoever the entry is for.
-- 2. An entry that names contacts is for these. Who lives with one of them may read what was
--    done, and not what was said: no note, and no record of the role "views".
--    Of a plan, what a version took over from one with somebody else is not theirs either.
-- 3. One that names nobody is for the family, where its parents are known to live together, or
--    there is but one; else, for a referral alone, what was chosen for that.
-- 4. Until API level 3 whatever nobody chose was for a referral. Such an entry is for no more
--    people than its step says today.

local addresses = require "waymark.case.addresses"
local core = require "waymark.core"
local discretion = require "waymark.case.discretion"
local people = require "waymark.case.people"
local tables = require "waymark.base.tables"
local sdk_roles = core.sdk "roles"

local readers = {}

local methods = {}
local mark = { __index = methods }

local in_words = tables.set "text list actions" -- types of records

local reach = { staff = 3, referral = 2, family = 1 }

-- For whom an entry is --------------------------------------------------------------------

function readers.given(step, given)
  return given.audience or step and step.audience or "staff", given.audience and true or nil
end

function readers.audience(space, entry)
  local audience = reach[entry.audience] and entry.audience or "staff"
  if audience ~= "referral" or entry.audience_chosen then return audience end
  local step = space:step(entry.school, entry.step)
  local usual = step and step.audience or "staff"
  return usual == "staff" and usual or audience
end

-- People --------------------------------------------------------------------------------------

-- One person may be on the lists of two schools, or on one list before and now.
local function is_same(contact, other)
  if contact.id == other.id then return true end
  return (contact.school ~= other.school or contact.gone or other.gone)
    and core.fold(contact.name) == core.fold(other.name) and contact.relationship == other.relationship
end

-- Whether two contacts are known to live together: at one address, or both with the child and
-- nothing speaks against it.
function readers.together(contact, other)
  if is_same(contact, other) then return true end
  for _, each in ipairs { contact, other } do
    if each.confidential_address or each.no_contact then return false end
  end
  if contact.address and other.address then
    return addresses.squeezed(contact.address) == addresses.squeezed(other.address)
  end
  return contact.lives_with == true and other.lives_with == true
end

local function add(ids, value)
  for _, id in ipairs(type(value) == "table" and value or { value }) do ids[id] = true end
end

-- Whom a text names. A record of contacts keeps the number where it is known.
local function add_named(self, ids, text)
  for _, each in ipairs(type(text) == "table" and text or { text }) do
    for _, contact in ipairs(people.named_in(self.contacts, discretion.text(each))) do ids[contact.id] = true end
  end
end

-- The contacts whom an entry names, or what it belongs to does: { [id] = true }.
local function named(self, entry)
  local ids = {}
  if entry.readers then
    add(ids, entry.readers)
    return ids
  end
  local known, records = entry.contacts or {}, (self.space:step(entry.school, entry.step) or {}).records or {}
  for _, value in next, known do add(ids, value) end
  if not known.with and entry.with then add_named(self, ids, entry.with) end
  for name, value in next, entry.fields or {} do
    local kind = (records[name] or {}).type
    local is_person = kind == "contact" or kind == "contacts" or kind == "signatures" or name == "parent"
    if is_person and not known[name] then add_named(self, ids, value) end
  end
  local of = entry.of and not next(ids) and self.by_id[entry.of]
  if of and of.id < entry.id then return named(self, of) end
  return ids
end

-- How much of an entry one reader may have by whom it names: "all", "deeds", "doubt" or nil.
local function part_for(self, reader, ids)
  if not next(ids) then
    for _, each in ipairs(self.contacts) do
      local is_parent = each.parent == "yes" and not each.no_contact and not each.gone
      if is_parent and not readers.together(reader, each) then return "doubt" end
    end
    return "all"
  end
  for _, each in ipairs(self.contacts) do
    if ids[each.id] and is_same(reader, each) then return "all" end
  end
  for _, each in ipairs(self.contacts) do
    if ids[each.id] and readers.together(reader, each) then return "deeds" end
  end
end

local rank = { all = 1, deeds = 2, doubt = 3 }

-- … and how much all of them may.
local function part_of(self, entry)
  local ids, least = named(self, entry), "all"
  for _, reader in ipairs(self.readers) do
    local part = part_for(self, reader, ids)
    if not part then return nil end
    if rank[part] > rank[least] then least = part end
  end
  return least
end

-- What of an entry ------------------------------------------------------------------------------

-- Whether a version of a plan has a field from one before it that is not the reader's.
local function is_anothers(self, entry, name)
  local before = self.by_id[entry.replaces or 0]
  while before and before.id < entry.id do
    local value = (before.fields or {})[name]
    local is_kept = value ~= nil and discretion.text(value) == discretion.text(entry.fields[name])
    if is_kept and part_of(self, before) ~= "all" then return true end
    before = self.by_id[before.replaces or 0]
  end
  return false
end

-- A copy without the records for staff alone (or for nobody under the reader's audience), and
-- without what was said, where that is another's.
local function cut(self, entry, part)
  local step = self.space:step(entry.school, entry.step)
  local records, fields = (step or {}).records or {}, {}
  for name, value in next, entry.fields or {} do
    local record = records[name] or {}
    local is_open = reach[record.audience or "family"] <= reach[self.audience]
      and not sdk_roles.is_safeguarding(name, record.title)
    if part ~= "all" and record.role == "views" or is_anothers(self, entry, name) then is_open = false end
    if is_open then fields[name] = value end
  end
  local copy = {}
  for name, value in next, entry do copy[name] = value end
  copy.fields = entry.fields and fields
  if part ~= "all" then copy.note = nil end
  return copy
end

-- Whether a person, or the step, says that it is for a referral; a step that is done with somebody, and says
-- with whom, does not say it of an entry that names nobody.
local function is_for_referral(self, entry)
  if entry.audience ~= "referral" or entry.audience_chosen then return entry.audience == "referral" end
  local step = self.space:step(entry.school, entry.step)
  for _, record in next, step and step.records or {} do
    if record.role == "with" then return false end
  end
  return step ~= nil and step.audience == "referral"
end

function methods.view(self, entry)
  if self.audience == "staff" then return entry end
  local audience = readers.audience(self.space, entry)
  if reach[audience] > reach[self.audience] then return nil, audience end
  local part = part_of(self, entry)
  if part == "doubt" then part = (is_for_referral(self, entry) or self.chosen[entry.id]) and "all" or nil end
  if not part then return nil, "other" end
  return cut(self, entry, part)
end

function methods.may_be(self, entry)
  return reach[readers.audience(self.space, entry)] <= reach[self.audience] and not is_for_referral(self, entry)
    and part_of(self, entry) == "doubt"
end

function methods.choose(self, ids) self.chosen = ids end

function methods.told(self, entry)
  if self.audience == "staff" then return entry end
  local part = part_of(self, entry)
  return part and cut(self, entry, part), part == "doubt"
end

function methods.cut(self, entry) return self.audience == "staff" and entry or cut(self, entry, "all") end

-- Of an entry that is not for the reader at all, its words are hidden; what was done, and when, counts.
function methods.hidden(self, entries, way)
  local list = core.array {}
  for _, entry in ipairs(self.audience == "staff" and {} or entries) do
    local seen, fields = self[way and way(entry) or "view"](self, entry), core.array {}
    local rest, records = seen or self:cut(entry), (self.space:step(entry.school, entry.step) or {}).records or {}
    for name in next, entry.fields or {} do
      local is_said = not seen and in_words[(records[name] or {}).type]
      if is_said or rest.fields[name] == nil then fields[#fields + 1] = name end
    end
    list[#list + 1] = { id = entry.id, note = not (seen and seen.note) or nil, fields = fields }
  end
  return list
end

function readers.new(space, audience, contacts, entries, parent)
  local self = setmetatable({ space = space, audience = audience, contacts = contacts, readers = { parent },
    by_id = {}, chosen = {} }, mark)
  for _, each in ipairs(parent and {} or contacts) do
    if each.may_be_named and not each.gone then self.readers[#self.readers + 1] = each end
  end
  for _, entry in ipairs(entries) do self.by_id[entry.id] = entry end
  return self
end

return readers
