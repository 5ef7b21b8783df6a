-- document/people: the people of a document: the school, who signs, whom to ask, the
-- pupil, the parent that it is written to.
--
-- 1. A document names the parents that may be named (waymark.discretion), and has the
--    address of the one that it is written to; never a phone number or e-mail of a parent.
-- 2. A confidential address is in no document at all, not even in the letter to that
--    parent: it is kept with the case, lies in a printer, and may be copied. Such a letter
--    is handed over, or somebody writes the envelope; the command says so.

local chronology = require "waymark.chronology"
local core = require "waymark.core"
local discretion = require "waymark.case.discretion"
local message = require "waymark.mail.message"
local problem = require "waymark.base.problem"
local check = core.sdk "check"

local people = {}

local function lines_of(text)
  local list = {}
  for line in (text or ""):gmatch "[^,\r\n]+" do
    line = line:match "^%s*(.-)%s*$"
    if line ~= "" then list[#list + 1] = { line = line } end
  end
  return list
end

-- The school ---------------------------------------------------------------------------------

local function school_of(space, key)
  for _, school in ipairs(space.settings.schools) do
    if school.key == key then return school end
  end
  return {}
end

-- -> school { name, address, phone, email, website, head }, its row of the settings
function people.school(space, pupil)
  local own = school_of(space, pupil.school)
  return { name = pupil.school_name, address = lines_of(own.address), phone = own.phone, email = own.email,
    website = own.website, head = own.head or people.staff(space, "head").name }, own
end

-- Staff --------------------------------------------------------------------------------------

local role_words = { head = "Head teacher" }

function people.staff(space, role)
  local text = space.settings.staff[role]
  local who = text and message.who(text)
  if not text then return {} end
  local words = role_words[role] or chronology.plain(role)
  if not who then return { name = text, role = words } end
  return { name = who.name or who.address, email = who.address, role = words }
end

-- Who signs: `by` when given, with their role if the settings know it; else the head for
-- formal steps, the attendance officer for others.
function people.signed(space, by, step)
  for _, role in ipairs(by and check.names(space.settings.staff) or {}) do
    local who = people.staff(space, role)
    if who.name == by then return { name = by, role = who.role } end
  end
  if by then return { name = by } end
  local formal = step and (step.principle == "formalise" or step.principle == "enforce")
  local first, second = people.staff(space, "head"), people.staff(space, "attendance_officer")
  if not formal then first, second = second, first end
  local who = first.name and first or second
  return { name = who.name, role = who.role }
end

-- Whom a family can ask: the attendance officer, else the head.
function people.contact(space, school)
  local who = people.staff(space, "attendance_officer")
  if not who.name then who = people.staff(space, "head") end
  if not who.name then return {} end
  return { name = who.name, role = who.role:lower(), phone = school.phone, email = who.email }
end

-- Parents ------------------------------------------------------------------------------------

-- Every contact of the pupil, as discretion has them, with their salutation; in the order of
-- their priority.
function people.contacts(space, pupil)
  local list = discretion.contacts(space, pupil)
  for _, each in ipairs(list) do
    each.salutation = each.title and each.surname and each.title .. " " .. each.surname or each.name
  end
  return list
end

local function says(contact, text)
  local low = text:lower()
  return contact.name:lower():find(low, 1, true) ~= nil or (contact.relationship or ""):lower() == low
end

-- The contact that somebody means, by a part of the name or the relationship, or by number.
function people.find(contacts, pupil, who)
  local found = {}
  for _, each in ipairs(contacts) do
    if each.id == who then return each end
    if type(who) == "string" and says(each, who) then found[#found + 1] = each end
  end
  if #found == 1 then return found[1] end
  local names = {}
  for i, each in ipairs(#found > 0 and found or contacts) do names[i] = each.name end
  if #found > 1 then problem.raise('"%s" may be %s; give more of the name', who, table.concat(names, " or ")) end
  problem.raise('%s has no contact "%s"%s', pupil.name, tostring(who),
    #names > 0 and "; there are: " .. table.concat(names, ", ") or "; import contacts first")
end

-- The parent as a view.
function people.parent(contact)
  if not contact then return { address = {} } end
  local confidential = contact.confidential == 1
  return { name = contact.name, salutation = contact.salutation, language = contact.language,
    communication_needs = contact.communication_needs, address = confidential and {} or lines_of(contact.address) }
end

function people.parents(contacts)
  local list = {}
  for _, each in ipairs(contacts) do
    if each.may_be_named then list[#list + 1] = { name = each.name } end
  end
  return list
end

-- The pupil -----------------------------------------------------------------------------------

-- "27 March 2015": nobody needs the weekday of a birth.
local function birth_words(day) return day and core.date.english(day):gsub("^%a+ ", "") or nil end

-- `found` is the row of find_pupil, `seen` the pupil of the registers, nil when in none.
function people.pupil(found, seen)
  seen = seen or {}
  return { name = found.name, forename = seen.forename or found.name:match "^%S+", surname = seen.surname,
    year = found.year, form = found.form, dob = birth_words(seen.dob), upn = found.upn }
end

return people
