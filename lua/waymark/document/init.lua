-- document: letters, forms and notices, made from the templates of the road map for one
-- pupil. Nothing is written here: see commands/letter.lua.
--
--   documents.list(space, pupil)                what there is for a pupil, for whom, and of which
--                                               step (`of`, as declared)
--   local letter = documents.open(space, pupil, name, given)   raises when there is no such
--   letter:parents()         -> the contacts whom it is written to, those of whom it is not known
--                               whether they are a parent | nil, when it is to nobody in particular
--   letter:parent(who)       -> the contact meant: a number, or what a person wrote; raises
--   letter:why_not(parent)   -> nil, when it may be sent to this contact (nil: to nobody in
--                               particular), or why not
--   letter:html(parent)      -> made; raises problems
--
-- `pupil` is a row of find_pupil. given:
--   on         the day it is of (else today)
--   entry      the number of the entry that it is about (else the last of its step)
--   language   a code or name (else the parent's own); with the English one after it
--   audience   whose eyes it is for: "family" (usual), "referral" (steps that enforce)
--   extra      { NAME = value }: names and values that the template has besides
--   by, reference, despite, pdf
-- made:
--   html, title, language, template (its path), name, step, parent, on,
--   of         the number of the entry that it is about
--   unclear    the number of an entry that is not in it: it names no parent, and they may live apart
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
-- 4. What lacks something that it has to say (the step's checklist, where the template needs it) is
--    not sent either, unless somebody says why.
-- 5. The contacts, the entries and each template are read once, however many parents there are.

local core = require "waymark.core"
local case_people = require "waymark.case.people"
local cases = require "waymark.case"
local consult = require "waymark.ask.consult"
local document_case = require "waymark.document.case"
local evaluate = require "waymark.ask.evaluate"
local html = require "waymark.document.html"
local language = require "waymark.document.language"
local letterhead = require "waymark.document.letterhead"
local mustache = require "waymark.mustache"
local pdf = require "waymark.document.pdf"
local problem = require "waymark.base.problem"
local readers = require "waymark.case.readers"
local templates = require "waymark.document.templates"
local view = require "waymark.document.view"
local words = require "waymark.base.words"

local documents = {}

local letter_methods = {}
letter_methods.__index = letter_methods

-- Opening -----------------------------------------------------------------------------------------

-- What the documents of one pupil share.
local function opened(space, pupil, given)
  space:load_plugins()
  local map, on = space:map_for_school(pupil.school), given.on or space:today()
  if map.broken then problem.raise("%s", map.broken) end
  local last, all_contacts = space:as_of(), case_people.all(space, pupil)
  return { space = space, pupil = pupil, given = given, map = map, on = on, all = templates.of(map, given.extra),
    all_contacts = all_contacts, contacts = case_people.on_list(all_contacts, pupil),
    entries = cases.entries(space, { pupil = pupil.pupil, as_of = on }),
    seen = space:one_pupil { enrolment = pupil.enrolment, everyone = true, as_of = on < last and on or last } }
end

-- A template that no step names (a cover of a pack) goes with the last step that enforces and
-- has documents itself; by itself it is none.
local function open(shared, name)
  local letter = setmetatable({ name = name }, letter_methods)
  for key, value in next, shared do letter[key] = value end
  local _, by_name = letter.all:documents()
  local document = by_name[name]
  if not document then
    if not letter.all:find(name) then problem.raise("%s", letter.all:no_document(name)) end
    letter.is_part, document = true, { steps = {} }
    for _, step in ipairs(letter.map.declared.steps) do
      if step.principle == "enforce" and #(step.documents or {}) > 0 then document.steps[1] = step end
    end
  end
  letter.steps, letter.template = document.steps, letter.all:read(name)
  local step = letter.steps[1]
  letter.audience = letter.given.audience or step and step.principle == "enforce" and "referral" or "family"
  return letter
end

function documents.open(space, pupil, name, given) return open(opened(space, pupil, given or {}), name) end

-- Whom it is to -------------------------------------------------------------------------------

function letter_methods:parent(who)
  local contact = math.type(who) and case_people.by_id(self.contacts, who)
    or case_people.pick(self.contacts, tostring(who), self.pupil.name)
  local why = self:no_parent(contact)
  if why then problem.raise("%s", why) end
  return contact
end

-- nil, or why a contact gets no letter.
function letter_methods:no_parent(contact)
  if contact.no_contact then return ("%s: there is to be no contact, so no letter is made"):format(contact.name) end
  if contact.parent == "yes" or self.given.despite then return nil end
  return ('%s is not on record as having parental responsibility for %s or living with them; '
    .. 'say why with --despite "…"'):format(contact.name, self.pupil.name)
end

-- For a step that each parent has an entry of, those that have one, if any has.
function letter_methods:parents()
  if not self.template.is_letter then return nil end
  local list, unknown, wanted = {}, {}, document_case.parents_with_entry(self.entries, self.steps)
  for _, contact in ipairs(self.contacts) do
    if contact.may_be_named and (next(wanted) == nil or wanted[contact.id]) then list[#list + 1] = contact end
    if contact.parent == "unknown" and not contact.no_contact then unknown[#unknown + 1] = contact end
  end
  return list, unknown
end

-- What of the case a letter to this contact may have (case/readers).
function letter_methods:reader(parent)
  return readers.new(self.space, self.audience, self.all_contacts, self.entries, parent)
end

function letter_methods:choose(parent)
  return document_case.choose(self, { on = self.on, entry = self.given.entry, parent = parent,
    reader = self:reader(parent) })
end

-- Whether it may be sent ----------------------------------------------------------------------------

local function held(letter)
  local hold = cases.holds(letter.space, letter.on)[letter.pupil.pupil]
  if not hold or letter.given.despite then return nil end
  return ('nothing is to be sent for %s until %s%s; if it has to be all the same, say why with --despite "…"'):format(
    letter.pupil.name, core.date.english(hold["until"]), hold.ask and ("; ask %s first"):format(hold.ask) or "")
end

-- Asked about the day of the entry that it is about, else its own. What was recorded past
-- a gate, or came in as history, has had its answer.
local function gated(letter, chosen)
  local step, entry = chosen.step, chosen.under or chosen.entry
  if not step or not step.gated or letter.given.despite then return nil end
  if entry and (entry.despite or entry.history) then return nil end
  local day = entry and entry.on or letter.on
  local finding, failure = evaluate.explain(letter.space, letter.map,
    { as_of = day, enrolment = letter.pupil.enrolment, everyone = true }, step.name)
  if not finding then return ("%s cannot be asked: %s"):format(step.title, failure.message) end
  if not finding.gate then return nil end
  return ('%s on %s: %s; if it is sent all the same, say why with --despite "…"'):format(step.title, day, finding.gate)
end

-- What has days of its own, or says what came of something, cannot be made before that is
-- recorded.
local function not_recorded(letter, chosen, parent)
  local step, whom, template = chosen.step, parent and " for " .. parent.name or "", letter.template
  local has_days = template.asked.period and step and step.period
  if has_days and not chosen.entry then
    return ("%s is not recorded yet%s, so that its days are not known; record it first"):format(step.title, whom)
  end
  if has_days and not template.needs.outcome
    and not document_case.period(letter.space, chosen, letter.map, letter.seen, letter.on) then
    return ("%s of %s%s has no last day that is known: the calendar ends before it; add the next school year to "
      .. "waymark.lua"):format(step.title, core.date.english(chosen.entry.on), whom)
  end
  if template.needs.outcome and not (chosen.entry and chosen.entry.outcome) then
    return ("%s says what came of something, and no outcome is recorded%s; record it first"):format(template.title,
      whom)
  end
end

-- The support that this parent may not read is none that the letter could say.
local function unseen_of(letter, parent)
  local reader, ids, support = letter:reader(parent), core.array {}, 0
  for _, entry in ipairs(letter.entries) do
    if not reader:view(entry) then
      ids[#ids + 1], support = entry.id, support + (entry.support and 1 or 0)
    end
  end
  return ids, support
end

-- What is no notice, or no contract, without what it has to say: what it lacks.
local function lacking(letter, chosen, parent)
  if not letter.template.needs.checklist or not chosen.step or letter.given.despite then return nil end
  local unseen, n = unseen_of(letter, parent)
  local list, failure = consult.ask(letter.space, letter.pupil, chosen.step.name, "checklist", { on = letter.on,
    entry = chosen.entry and chosen.entry.id, parent = parent and parent.id, unseen = parent and unseen })
  if not list then return ("%s cannot be asked: %s"):format(chosen.step.title, failure.message) end
  local lacks = {}
  for _, each in ipairs(list) do
    if each.needed and not each.there then
      lacks[#lacks + 1] = each.words and ("%s (%s)"):format(each.item, each.words) or each.item
    end
  end
  if #lacks == 0 then return nil end
  return ('%s%s lacks: %s%s; record it (waymark record WHO %s --set …), or say why it is sent with --despite "…"')
    :format(letter.template.title, parent and " to " .. parent.name or "", table.concat(lacks, "; "),
      n > 0 and ("; %s of support %s not for this reader (waymark audience)"):format(words.count(n, "entry", "entries"),
        n == 1 and "is" or "are") or "", chosen.step.name)
end

function letter_methods:why_not(parent)
  if self.is_part then return self.all:no_document(self.name) end
  local why = parent and self:no_parent(parent)
  if why then return why end
  local chosen = self:choose(parent)
  return held(self) or gated(self, chosen) or not_recorded(self, chosen, parent) or lacking(self, chosen, parent)
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

-- A fault of the template itself is said with the template's line, any other with that of the page.
local function check_page(text, template)
  local fault = html.fault(text, template.path .. ", filled in")
  if fault then error(html.source_fault(template.source, template.path) or fault, 0) end
end

-- A page that may be in a letter; one that is joined to another is looked at again, as it is then.
local function filled(letter, template, code, parent, chosen)
  local lang = code or "en-GB"
  local values, left_out = view.build(letter, template, lang, parent, chosen)
  local text = problem.check(mustache.render(template.template, values, template.options))
  text = html.whole(text, template.title, lang, letter.style)
  check_page(text, template)
  return text, left_out
end

function letter_methods:html(parent)
  local why = parent and self:no_parent(parent)
  if why then problem.raise("%s", why) end
  self.letterhead = self.letterhead or letterhead.of(self.space, self.pupil.school)
  self.style = self.style or letterhead.style(self.space)
  local chosen, template = self:choose(parent), self.template
  local code, without = wanted_language(self.given, parent)
  local text, left_out = filled(self, template, nil, parent, chosen)
  if code ~= language.usual and self.all:find(self.name, code) then
    template = self.all:read(self.name, code)
    local first = filled(self, template, code, parent, chosen)
    text = html.joined(first, text, "en-GB")
    check_page(text, template)
  elseif code ~= language.usual then
    code, without = language.usual, language.name(code)
  end
  text = html.closed(text)
  local space, pages = self.space, nil
  if self.given.pdf then
    pages = space:answer("pdf\n" .. text, function() return pdf.of(text, space.folder, space.now) end)
  end
  return { html = text, title = self.template.title, template = template.path, language = code, without = without,
    name = self.name, step = chosen.step, parent = parent, of = chosen.entry and chosen.entry.id, on = self.on,
    unseen = left_out.unseen, unsaid = left_out.unsaid, taken_out = left_out.taken_out, nobody = left_out.nobody,
    by_hand = parent ~= nil and parent.confidential_address == true,
    unclear = chosen.unclear, is_empty = not chosen.entry and template.asked.entry ~= nil, pdf = pages }
end

-- What there is --------------------------------------------------------------------------------------

-- -> { { name, title, step, whom, languages }, … } in the order of the road map
function documents.list(space, pupil)
  local shared, rows = opened(space, pupil, {}), {}
  for _, document in ipairs((shared.all:documents())) do
    local row = { name = document.name, step = document.steps[1].title, of = document.steps[1],
      about = document.steps[1].about or "", title = "", whom = "", languages = "" }
    if document.there then
      local letter = open(shared, document.name)
      local parents = letter:parents()
      row.title, row.languages = letter.template.title, table.concat(document.languages, ", ")
      row.whom = not parents and "one for all" or #parents > 0 and table.concat(case_people.names(parents), ", ")
        or "no parent is known"
    else
      row.title = "(no plugin has its template)"
    end
    rows[#rows + 1] = row
  end
  return rows
end

return documents
