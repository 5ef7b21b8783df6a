-- document/view: what a document is filled in with, for one pupil, one document and one
-- parent (the names are in document/names). Built by the host; what the plugin was not
-- granted is no name, so that nothing of it can be shown. Only what the template asks for
-- is worked out.
--
--   view.build(letter, template, language, parent, chosen) -> view, { unseen, unsaid (of
--     document_case.support), taken_out, nobody = it has a place for whom to ask, and there is
--     nobody }
--   letter: of documents.open; template: of document/templates; chosen: of document_case

local consult = require "waymark.ask.consult"
local core = require "waymark.core"
local discretion = require "waymark.case.discretion"
local document_case = require "waymark.document.case"
local family = require "waymark.document.family"
local figures = require "waymark.document.figures"
local names = require "waymark.document.names"
local people = require "waymark.document.people"
local policy = require "waymark.case.policy"
local problem = require "waymark.base.problem"
local words = require "waymark.base.words"

local view = {}

local date = core.date

-- What the step says itself -------------------------------------------------------------------------

local declared_as = { fills = "fills", checklist = "lists", routes = "routes" }

-- What of the entries whoever reads the document may not read.
local function hidden(b)
  local about = {}
  for _, name in ipairs { "entry", "under" } do
    if b.chosen[name] then about[b.chosen[name].id] = true end
  end
  return b.about.reader:hidden(b.letter.entries, function(entry)
    return not about[entry.id] and "view" or b.about.parent and "told" or "cut"
  end)
end

-- A step without the function says nothing; one that cannot be asked stops the document.
local function ask(b, what)
  local step, entry = b.chosen.step, b.chosen.entry
  if not step or not step[declared_as[what]] then return {} end
  local answer, failure = consult.ask(b.space, b.row, step.name, what, { entry = entry and entry.id, on = b.on,
    hidden = what == "fills" and hidden(b) or nil })
  return answer or problem.raise("%s", tostring(failure))
end

-- What is worked out only when it is asked for -----------------------------------------------------

local parts = {}

function parts.figures(b)
  local made = b.pupil and figures.of(b.space, b.pupil) or {}
  if b.asked["figures.class_away"] and b.pupil then made.class_away = figures.class_away(b.space, b.row, b.pupil) end
  return made
end

function parts.absences(b) return b.pupil and figures.absences(b.space, b.pupil) or {} end
function parts.unexplained(b) return b.pupil and figures.unexplained(b.space, b.pupil, b.map) or {} end
function parts.entry(b) return document_case.entry(b.chosen, b.about) end

-- Without such a rule there are none.
function parts.children(b)
  local rule = b.chosen.step and b.space.rules_by_name[b.chosen.step.together or ""]
  return rule and family.children(b.letter, rule.value, b.about.parent) or {}
end

function parts.chronology(b) return document_case.chronology(b.space, b.row, b.about, b.on) end
function parts.words(b) return ask(b, "fills") end

-- By when a family should say that a mark is wrong: as long as a reason may be missing, but before
-- the last day of what runs.
function parts.wrong_mark_by(b)
  local days, calendar = (b.map.declared.lists or {}).reason_within_days, b.pupil and b.pupil.calendar
  local period = calendar and document_case.days(b.space, b.chosen, b.map, b.pupil, b.on)
  local runs = period and b.on <= period.to
  for n = calendar and days or 0, 1, -1 do
    local day = calendar:days_after(b.on, n)
    if day and (not runs or day < period.to) then return date.english(day) end
  end
end

function parts.options(b)
  local values = {}
  for _, plugin in ipairs(b.map.declared.plugins) do
    for name, value in next, plugin.config or {} do values[name] = value and words.value(value) end
  end
  return values
end

function parts.policy(b)
  local state = policy.state(b.space, b.row.school, b.on) or {}
  return { version = state.version, published_on = state.published and date.english(state.published) }
end

function parts.checklist(b)
  local list = {}
  for i, each in ipairs(ask(b, "checklist")) do
    list[i] = { item = each.item, there = each.there, words = each.words }
  end
  return list
end

-- Of the parent that it is to, else of those that may be named.
function parts.routes(b)
  local list, by_id = {}, {}
  for _, contact in ipairs(b.about.contacts) do by_id[contact.id] = contact.may_be_named and contact or nil end
  for _, each in ipairs(ask(b, "routes")) do
    local contact = by_id[each.contact]
    if contact and (not b.about.parent or contact.id == b.about.parent.id) then
      list[#list + 1] = { parent = contact.name, route = each.route, open = each.open,
        words = (each.words or "") .. (each.from and " from " .. date.english(each.from) or "") }
    end
  end
  return list
end

function parts.period(b)
  return document_case.period(b.space, b.chosen, b.map, b.pupil, b.on) or { checks = {} }
end

function parts.threshold(b)
  local entry = b.chosen.under or b.chosen.entry
  return figures.threshold(b.space, b.map, entry and entry.evidence, b.pupil)
end

-- Together ------------------------------------------------------------------------------------------

function view.build(letter, template, language, parent, chosen)
  local space, row, given, asked = letter.space, letter.pupil, letter.given, template.asked
  local school, pupil = people.school(space, row), people.pupil(row, letter.seen)
  local made = { title = template.title, language = language, date = date.english(letter.on),
    reference = given.reference, letterhead = letter.letterhead, style = letter.style, school = school,
    signed = people.signed(space, given.by, chosen.step), contact = people.contact(space, school),
    parent = people.parent(parent), parents = people.parents(letter.contacts), pupil = pupil }
  local about = { seen_by = discretion.new(space, row, letter.audience, letter.all_contacts),
    reader = letter:reader(parent), parent = parent,
    contacts = letter.contacts, staff = discretion.staff(space), audience = letter.audience,
    forename = pupil.forename }
  local b = { space = space, row = row, map = letter.map, pupil = letter.seen, on = letter.on, chosen = chosen,
    about = about, asked = asked, letter = letter }
  for name, part in next, parts do
    if asked[name] or asked["has_" .. name] then made[name] = part(b) end
  end
  local support = { unseen = 0, unsaid = 0 }
  if asked.support or asked.refused or asked.has_support or asked.has_refused then
    support = document_case.support(space, letter.entries, about)
    made.support, made.refused = support.support, support.refused
  end
  for name, value in next, given.extra or {} do made[name] = value end
  names.add_has(made)
  return made, { unseen = support.unseen, unsaid = support.unsaid, taken_out = about.seen_by.taken,
    nobody = asked["contact.name"] ~= nil and not made.contact.name }
end

return view
