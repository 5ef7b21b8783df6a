-- document: letters, forms and notices, made from the templates of the road map for one
-- pupil. Nothing is written here: see commands/letter.lua.
--
--   documents.list(space, found)                 what there is for a pupil, and for whom
--   documents.render(space, found, name, given)  -> made ; raises problems
--   documents.check(space, found, name, given)   whether it may be sent; raises why not
--
-- `found` is a row of find_pupil. given:
--   parent     a contact's number, or a part of the name or relationship
--   on         the day it is of (else today)
--   entry      the number of the entry that it is about (else the last of its step)
--   language   a code or name (else the parent's own); with the English one after it
--   audience   whose eyes it is for: "family" (usual), "referral" (steps that enforce)
--   extra      { NAME = value }: names and values that the template has besides
--   by, reference, despite, pdf
-- made:
--   html, title, language, template (its path), name, step, parent, on,
--   of         the number of the entry that it is about
--   is_empty   it shows an entry, and there is none
--   without    the language that was wanted and is not there
--   unseen     how many entries of support are for staff alone
--   unsaid     how many are in it without their words, which are not for the audience
--   taken_out  how often discretion took something out
--   nobody     it names nobody to ask, since the settings have no staff
--   by_hand    the parent's address is confidential, and not in it
--   pdf        when given.pdf
--
-- 1. A letter is to one parent, with no other adult's details.
-- 2. A parent with whom there is to be no contact gets none, whatever is said.
-- 3. What is held, or past its step's gate, is not sent unless somebody says why.

local core = require "waymark.core"
local case_people = require "waymark.case.people"
local cases = require "waymark.case"
local document_case = require "waymark.document.case"
local evaluate = require "waymark.ask.evaluate"
local html = require "waymark.document.html"
local language = require "waymark.document.language"
local letterhead = require "waymark.document.letterhead"
local mustache = require "waymark.mustache"
local names = require "waymark.document.names"
local pdf = require "waymark.document.pdf"
local problem = require "waymark.base.problem"
local templates = require "waymark.document.templates"
local view = require "waymark.document.view"

local documents = {}

-- Which document ------------------------------------------------------------------------------

-- A template that no step names (a cover of a pack) goes with the last step that enforces
-- and has documents itself.
local function document_of(all, name)
  local _, by_name = all:documents()
  if by_name[name] then return by_name[name] end
  if not all:find(name) then return all:document(name) end
  local steps = {}
  for _, step in ipairs(all.map.declared.steps) do
    if step.principle == "enforce" and #(step.documents or {}) > 0 then steps[1] = step end
  end
  return { name = name, steps = steps, languages = all:languages(name) }
end

local function map_of(space, found)
  space:load_plugins()
  local map = space:map_for_school(found.school)
  if map.broken then problem.raise("%s", map.broken) end
  return map
end

local function audience_of(given, document)
  local step = document.steps[1]
  return given.audience or step and step.principle == "enforce" and "referral" or "family"
end

-- Whom it is to -------------------------------------------------------------------------------

-- given.parent: a contact's number (of `parents`), or what a person wrote.
local function parent_of(contacts, found, given)
  if not given.parent then return nil end
  local contact = math.type(given.parent) and case_people.by_id(contacts, given.parent)
    or case_people.pick(contacts, tostring(given.parent), found.name)
  if contact.no_contact then
    problem.raise("%s: there is to be no contact, so no letter is made", contact.name)
  end
  if contact.parent ~= "yes" and not given.despite then
    problem.raise('%s is not on record as having parental responsibility for %s or living with them; '
      .. 'say why with --despite "…"', contact.name, found.name)
  end
  return contact
end

-- The parents whom a document is written to: nil when it is to nobody in particular. For
-- a step that each parent has an entry of, those that have one, if any has. -> list, those of
-- whom it is not known whether they are a parent: they get none.
function documents.parents(space, found, name, given)
  local all = templates.of(map_of(space, found))
  local document = document_of(all, name)
  if not templates.is_letter(all:read(name)) then return nil end
  local list, unknown = {}, {}
  local wanted = document_case.parents_with_entry(space, found, document, given.on or space:today())
  for _, contact in ipairs(case_people.of(space, found)) do
    if contact.may_be_named and (next(wanted) == nil or wanted[contact.id]) then list[#list + 1] = contact end
    if contact.parent == "unknown" and not contact.no_contact then unknown[#unknown + 1] = contact end
  end
  return list, unknown
end

-- Whether it may be sent ----------------------------------------------------------------------------

local function check_hold(space, found, given, on)
  local hold = cases.holds(space, on)[found.pupil]
  if not hold or given.despite then return end
  problem.raise('nothing is to be sent for %s until %s%s; if it has to be all the same, say why with --despite "…"',
    found.name, core.date.english(hold["until"]), hold.ask and ("; ask %s first"):format(hold.ask) or "")
end

-- Asked about the day of the entry that it is about, else its own. What was recorded past
-- a gate, or came in as history, has had its answer.
local function check_gate(space, found, map, chosen, given, on)
  local step, entry = chosen.step, chosen.under or chosen.entry
  if not step or not step.gated or given.despite then return end
  if entry and (entry.body.despite or entry.body.history) then return end
  local day = entry and entry.on or on
  local finding, failure = evaluate.explain(space, map, { as_of = day, enrolment = found.enrolment, everyone = true },
    step.name)
  if not finding then problem.raise("%s cannot be asked: %s", step.title, failure.message) end
  if finding.gate then
    problem.raise('%s on %s: %s; if it is sent all the same, say why with --despite "…"', step.title, day, finding.gate)
  end
end

-- What has days of its own, or says what came of something, cannot be made before that is
-- recorded.
local function check_recorded(space, found, map, read, chosen, on, parent)
  local step, whom = chosen.step, parent and " for " .. parent.name or ""
  if templates.asked(read).period and step and step.period and not chosen.entry then
    problem.raise("%s is not recorded yet%s, so that its days are not known; record it first", step.title, whom)
  end
  local is_of_period = templates.asked(read).period and step and step.period and not read.needs_outcome
  if is_of_period and not view.has_period(space, found, map, chosen, on) then
    problem.raise("%s of %s%s has no last day that is known: the calendar ends before it; add the next school year to "
      .. "waymark.lua", step.title, core.date.english(chosen.entry.on), whom)
  end
  if read.needs_outcome and not (chosen.entry and chosen.entry.body.outcome) then
    problem.raise("%s says what came of something, and no outcome is recorded%s; record it first", read.title, whom)
  end
end

function documents.check(space, found, name, given)
  local map, on = map_of(space, found), given.on or space:today()
  local all = templates.of(map)
  local document = all:document(name)
  local parent = parent_of(case_people.of(space, found), found, given)
  local chosen = document_case.choose(space, found, document, { on = on, entry = given.entry, parent = parent })
  check_hold(space, found, given, on)
  check_gate(space, found, map, chosen, given, on)
  check_recorded(space, found, map, all:read(name), chosen, on, parent)
end

-- Making it --------------------------------------------------------------------------------------

local function wanted_language(given, parent)
  local text = given.language or parent and parent.language
  if not text or text == "" then return language.usual end
  local code, nearest = language.code(text)
  if code then return code end
  if given.language then
    problem.raise('"%s" is no language%s', text, nearest and (', did you mean "%s"?'):format(nearest) or "")
  end
  return language.usual, text
end

local function filled(about, code)
  local read = about.all:read(about.document.name, code, about.known)
  local lang = code and code or "en-GB"
  local made_view, said = view.build(about.space, about.found, read, { map = about.map, document = about.document,
    parent = about.parent, contacts = about.contacts, chosen = about.chosen, on = about.on, audience = about.audience,
    language = lang, title = read.title, by = about.given.by, reference = about.given.reference,
    extra = about.given.extra, letterhead = about.letterhead, style = about.style })
  local text, words = mustache.render(read.template, made_view, read.options)
  if not text then problem.raise("%s", words) end
  text = html.whole(text, read.title, lang, about.style)
  local fault = html.fault(text, read.path)
  if fault then problem.raise("%s", fault) end
  return text, read, said
end

local function about_of(space, found, name, given)
  local map, on = map_of(space, found), given.on or space:today()
  local all, contacts = templates.of(map), case_people.of(space, found)
  local document = document_of(all, name)
  local parent = parent_of(contacts, found, given)
  return { space = space, found = found, given = given, map = map, on = on, all = all, contacts = contacts,
    document = document, parent = parent, audience = audience_of(given, document),
    known = names.known(map, given.extra), letterhead = letterhead.of(space, found.school),
    style = letterhead.style(space),
    chosen = document_case.choose(space, found, document, { on = on, entry = given.entry, parent = parent }) }
end

function documents.render(space, found, name, given)
  given = given or {}
  local about = about_of(space, found, name, given)
  local code, unknown = wanted_language(given, about.parent)
  local text, read, said = filled(about, nil)
  local title, without = read.title, unknown
  if code ~= language.usual and about.all:find(name, code) then
    local theirs, their_read = filled(about, code)
    text, read = html.joined(theirs, text, "en-GB"), their_read
  elseif code ~= language.usual then
    code, without = language.usual, language.name(code)
  end
  local entry = about.chosen.entry
  return { html = text, title = title, template = read.path, language = code, without = without, name = name,
    step = about.chosen.step, parent = about.parent, of = entry and entry.id, on = about.on,
    unseen = said.unseen, unsaid = said.unsaid, taken_out = said.taken_out, nobody = said.nobody,
    by_hand = about.parent ~= nil and about.parent.confidential_address == true,
    is_empty = not entry and templates.asked(read).entry ~= nil,
    pdf = given.pdf and pdf.of(text, space.folder, space.now) or nil }
end

-- What there is --------------------------------------------------------------------------------------

local function joined(contacts) return table.concat(case_people.names(contacts), ", ") end

-- -> { { name, title, step, whom, languages }, … } in the order of the road map
function documents.list(space, found)
  local all, rows = templates.of(map_of(space, found)), {}
  for _, document in ipairs((all:documents())) do
    local row = { name = document.name, step = document.steps[1].title, title = "", whom = "", languages = "" }
    if document.there then
      local read = all:read(document.name)
      local parents = documents.parents(space, found, document.name, {})
      row.title, row.languages = read.title, table.concat(document.languages, ", ")
      row.whom = not parents and "one for all" or #parents > 0 and joined(parents) or "no parent is known"
    else
      row.title = "(no plugin has its template)"
    end
    rows[#rows + 1] = row
  end
  return rows
end

return documents
