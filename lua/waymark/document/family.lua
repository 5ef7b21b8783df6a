-- document/family: the children of one parent of whom the same is so, such as a holiday that was not
-- granted. In a letter to that parent they stand together, each counted by itself: nothing of
-- brothers and sisters is ever added.
--
--   family.children(letter, rule, parent) -> { { name, count, from, to }, … }, the letter's pupil
--     first; of nobody but the pupil where the letter is to nobody in particular
--
-- A child is named who is on roll on the day, of whom this person may be told as a parent, and for
-- whom nothing is held back.

local case_people = require "waymark.case.people"
local cases = require "waymark.case"
local core = require "waymark.core"
local words = require "waymark.base.words"
local contacts = require "waymark.store.contacts"
local pupils = require "waymark.store.pupils"

local family = {}

local date = core.date

local function half_day(session) return ("%s, %s"):format(date.english(session.date), words.half(session.session)) end

-- nil where the rule is not met.
local function counted(pupil, rule)
  local evidence = pupil:measure(rule)
  if not evidence.met then return nil end
  local sessions = evidence:sessions()
  return { name = pupil.name, count = words.count(#sessions, "half day"), from = half_day(sessions[1]),
    to = half_day(sessions[#sessions]) }
end

-- The child as the registers have it on the day, where the person is a parent of it.
local function sibling(letter, row, holds)
  local contact = case_people.by_id(case_people.all(letter.space, row), row.contact)
  if not contact or contact.gone or not contact.may_be_named or holds[row.pupil] then return nil end
  for _, stay in ipairs(pupils.stays(letter.space.store, row.pupil)) do
    local pupil = letter.space:one_pupil { enrolment = stay.enrolment, as_of = letter.seen.as_of }
    if pupil then return pupil end
  end
end

function family.children(letter, rule, parent)
  local list = { letter.seen and counted(letter.seen, rule) }
  local holds = parent and cases.holds(letter.space, letter.on)
  for _, row in ipairs(letter.seen and parent and contacts.siblings(letter.space.store, parent.id) or {}) do
    local pupil = sibling(letter, row, holds)
    list[#list + 1] = pupil and counted(pupil, rule)
  end
  return list
end

return family
