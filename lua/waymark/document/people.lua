-- document/people: the people of a document: the school, who signs, whom to ask, the
-- pupil, the parent that it is written to.
--
-- 1. A document names the parents that may be named (case/people), and has the
--    address of the one that it is written to; never a phone number or e-mail of a parent.
-- 2. A confidential address is in no document at all, not even in the letter to that
--    parent: it is kept with the case, lies in a printer, and may be copied. Such a letter
--    is handed over, or somebody writes the envelope; the command says so.

local chronology = require "waymark.chronology"
local core = require "waymark.core"
local message = require "waymark.mail.message"
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

-- -> school { name, address, phone, email, website, head }, its row of the settings
function people.school(space, pupil)
  local own = {}
  for _, school in ipairs(space.settings.schools) do
    if school.key == pupil.school then own = school end
  end
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
  local role = space:person_to_ask()
  local who = role and people.staff(space, role)
  if not who then return {} end
  return { name = who.name, role = who.role:lower(), phone = school.phone, email = who.email }
end

-- Parents ------------------------------------------------------------------------------------

-- The parent as a view. Without a title it is not known how they are addressed.
function people.parent(contact)
  if not contact then return { address = {} } end
  local salutation = contact.title and contact.surname and contact.salutation or "Parent or carer"
  return { name = contact.name, salutation = salutation, language = contact.language,
    communication_needs = contact.communication_needs, address = lines_of(contact.address) }
end

function people.parents(contacts)
  local list = {}
  for _, each in ipairs(contacts) do
    if each.may_be_named then list[#list + 1] = { name = each.name } end
  end
  return list
end

-- The pupil -----------------------------------------------------------------------------------

-- Nobody needs the weekday of a birth. `found` is the row of find_pupil, `seen` the pupil of the
-- registers, nil when in none.
function people.pupil(found, seen)
  seen = seen or {}
  local born = seen.dob and core.date.english(seen.dob):gsub("^%a+ ", "") or nil
  return { name = found.name, forename = seen.forename or found.name:match "^%S+", surname = seen.surname,
    year = found.year, form = found.form, dob = born, upn = found.upn }
end

return people
