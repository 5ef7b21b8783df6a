-- document/view: what a document is filled in with, for one pupil, one document and one
-- parent (the names are in document_names). Built by the host; what the plugin was not
-- granted is no name, so that nothing of it can be shown. Only what the template asks for
-- is worked out.
--
--   view.build(space, found, read, given) -> view, { unseen, unsaid (document_case.support),
--     taken_out, nobody = it has a place for whom to ask, and there is nobody }
--   view.has_period(space, found, map, chosen, on)
--   given: map, document, parent and contacts (of case/people), chosen (of
--   document_case), on, audience, language, title, by, reference, extra, letterhead, style

local consult = require "waymark.document.consult"
local core = require "waymark.core"
local discretion = require "waymark.case.discretion"
local document_case = require "waymark.document.case"
local figures = require "waymark.document.figures"
local names = require "waymark.document.names"
local people = require "waymark.document.people"
local policy = require "waymark.case.policy"
local templates = require "waymark.document.templates"
local words = require "waymark.base.words"

local view = {}

local date = core.date

-- The pupil as the registers have them on a day, nil when in none by then.
local function seen_pupil(space, found, on)
  local last = space:as_of()
  return space:one_pupil { enrolment = found.enrolment, everyone = true, as_of = on < last and on or last }
end

-- By when a family should say that a mark is wrong: as long as a reason may be missing.
local function wrong_mark_by(map, pupil, on)
  local days = (map.declared.lists or {}).reason_within_days
  local last = days and pupil and pupil.calendar:days_after(on, days)
  return last and date.english(last)
end

local function option_values(map)
  local values = {}
  for _, plugin in ipairs(map.declared.plugins) do
    for name, value in next, plugin.config or {} do
      values[name] = words.value(value)
    end
  end
  return values
end

-- What is worked out only when it is asked for -----------------------------------------------------

local parts = {}

function parts.figures(b) return b.pupil and figures.of(b.space, b.pupil) or {} end
function parts.absences(b) return b.pupil and figures.absences(b.space, b.pupil) or {} end
function parts.unexplained(b) return b.pupil and figures.unexplained(b.space, b.pupil, b.map) or {} end
function parts.wrong_mark_by(b) return wrong_mark_by(b.map, b.pupil, b.on) end
function parts.options(b) return option_values(b.map) end
function parts.policy(b)
  local state = policy.state(b.space, b.found.school, b.on) or {}
  return { version = state.version, published_on = state.published_on and date.english(state.published_on) }
end
function parts.entry(b) return document_case.entry(b.chosen, b.about) end
function parts.chronology(b) return document_case.chronology(b.space, b.found, b.audience, b.on) end
function parts.words(b) return consult.words(b.space, b.found, b.chosen, b.on) end
function parts.checklist(b) return consult.checklist(b.space, b.found, b.chosen, b.on) end
function parts.routes(b) return consult.routes(b.space, b.found, b.chosen, b.on, b.contacts) end

function parts.period(b)
  return document_case.period(b.space, b.chosen, b.map, b.pupil, b.on) or { checks = {} }
end

function parts.threshold(b)
  local entry = b.chosen.under or b.chosen.entry
  return figures.threshold(b.space, b.map, entry and entry.body.evidence, b.pupil)
end

local function add_support(b, made)
  local found = document_case.support(b.space, b.found, b.map, b.about, b.on)
  made.support, made.refused, b.unseen, b.unsaid = found.support, found.refused, found.unseen, found.unsaid
end

-- Together ------------------------------------------------------------------------------------------

local function usual(b, given)
  local school = people.school(b.space, b.found)
  return { title = given.title, language = given.language, date = date.english(b.on), reference = given.reference,
    letterhead = given.letterhead, style = given.style, school = school,
    signed = people.signed(b.space, given.by, b.chosen.step), contact = people.contact(b.space, school),
    parent = people.parent(given.parent), parents = people.parents(b.contacts),
    pupil = people.pupil(b.found, b.pupil) }
end

-- Whether the days of the period of what a document is about are known.
function view.has_period(space, found, map, chosen, on)
  return document_case.period(space, chosen, map, seen_pupil(space, found, on), on) ~= nil
end

function view.build(space, found, read, given)
  local asked, pupil = templates.asked(read), seen_pupil(space, found, given.on)
  local b = { space = space, found = found, map = given.map, pupil = pupil, on = given.on, audience = given.audience,
    chosen = given.chosen, contacts = given.contacts, unseen = 0, unsaid = 0 }
  local made = usual(b, given)
  b.about = { seen_by = discretion.new(space, found, given.audience), contacts = given.contacts,
    staff = discretion.staff(space), audience = given.audience, forename = made.pupil.forename }
  for name, part in next, parts do
    if asked[name] or asked["has_" .. name] then made[name] = part(b) end
  end
  if asked.support or asked.refused or asked.has_support or asked.has_refused then add_support(b, made) end
  for name, value in next, given.extra or {} do made[name] = value end
  names.add_has(made)
  return made, { unseen = b.unseen, unsaid = b.unsaid, taken_out = b.about.seen_by.taken,
    nobody = asked["contact.name"] ~= nil and not made.contact.name }
end

return view
