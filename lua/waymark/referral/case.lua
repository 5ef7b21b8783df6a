-- referral/case: everything that a referral of one pupil, for one parent, is made of.
--
-- referral_case.of gives
--   space, found, pupil    the workspace; the pupil of find_pupil, and with registers
--   day, diary             up to which day; and what people recorded
--   parent, others         the contact that it is about; other parents that may be named
--   offered                the chronology for a referral, without packs made before and what is
--                          about another parent alone: what a person may pick; a row is `unclear`
--                          where it names nobody and the parents live apart
--   rows                   of these, those that enter (case.pick)
--   entries, by_id         what was recorded up to the day, and not struck out
--   extract                the register (waymark.register_extract)
--   seen_by                takes other people out of words (case/discretion)
--   reader                 what of an entry the parent may read, to whom the pack is disclosed
--                          (case/readers)
--   step                   the road map's step that the form belongs to, or nil
--
-- 1. What the parent may not read is in none of it but `entries`, of which others may show
--    the day, step and outcome of a formal step, and nothing that a person wrote.

local cases = require "waymark.case"
local chronology = require "waymark.chronology"
local core = require "waymark.core"
local discretion = require "waymark.case.discretion"
local people = require "waymark.case.people"
local problem = require "waymark.base.problem"
local readers = require "waymark.case.readers"
local register_extract = require "waymark.pupil.register"
local stored_contacts = require "waymark.store.contacts"
local sdk_entries = core.sdk "entries"

local case = {}

case.form_document = "referral-form"

-- What was recorded -------------------------------------------------------------------------

local function entries_of(space, found, day)
  local list, by_id = {}, {}
  for _, entry in ipairs(cases.entries(space, { pupil = found.pupil, as_of = day })) do
    list[#list + 1], by_id[entry.id] = entry, entry
  end
  return list, by_id
end

local function is_pack(entry)
  return entry.kind == "rendered" and (entry.fields or {}).document == cases.pack_document
end

-- Whether an entry is about another parent alone: a notice that was issued to them, say,
-- what came of it, or a copy of it. A copy of what does not stand any more, of whom nobody
-- can tell, is taken for another's.
function case.is_of_another(about, entry)
  local is_same = sdk_entries.same_parent(entry, { contacts = { parent = about.parent.id },
    fields = { parent = about.parent.name } })
  if is_same ~= nil then return not is_same end
  if not entry.of then return false end
  local of = about.by_id[entry.of]
  if not of then return entry.kind == "attached" end
  return of.id < entry.id and case.is_of_another(about, of)
end

-- The rows of the chronology that may be picked, without those about another parent; and a pack
-- that was made is no part of the next, so that the same case gives the same pack.
local function rows_of(about)
  local out, unclear, rows = {}, {}, {}
  for _, entry in ipairs(about.entries) do
    out[entry.id] = is_pack(entry) or case.is_of_another(about, entry)
    unclear[entry.id] = about.reader:may_be(entry) or nil
  end
  for _, row in ipairs(chronology.of(about.space, about.found, { audience = "referral", parent = about.parent,
    chosen = unclear, as_of = about.day, entries_only = true }).rows) do
    row.unclear = unclear[row.id]
    if not out[row.id] then rows[#rows + 1] = row end
  end
  return rows
end

-- Of what may be picked, what enters: { [id] = true }; else all of which it is known whose it is.
function case.pick(about, picked)
  about.rows = {}
  for _, row in ipairs(about.offered) do
    local is_in = not row.unclear
    if picked then is_in = picked[row.id] end
    if is_in then about.rows[#about.rows + 1] = row end
  end
  about.reader:choose(picked or {})
end

-- The step whose documents have the form; else the last one that enforces.
local function step_of(map)
  local last
  for _, step in ipairs(map.declared and map.declared.steps or {}) do
    for _, document in ipairs(step.documents or {}) do
      if document == case.form_document then return step end
    end
    if step.principle == "enforce" then last = step end
  end
  return last
end

-- The road map's step of an entry or row; nil of one that it does not have.
function case.step_named(about, name)
  local declared = about.map.declared
  return declared and declared.steps_by_name[name or ""]
end

-- given: parent (as a person names it), on (the day; else today)
function case.of(space, found, given)
  space:load_plugins()
  local day = given.on or space:today()
  local about = { space = space, found = found, day = day, map = space:map_for_school(found.school) }
  about.pupil = space:one_pupil { enrolment = found.enrolment, everyone = true, as_of = day }
  if not about.pupil then problem.raise("%s was in no register by %s; give a later --on", found.name, day) end
  local all = people.all(space, found)
  about.contacts, about.others = people.on_list(all, found), {}
  about.parent = people.pick(about.contacts, given.parent, found.name)
  if about.parent.no_contact then
    problem.raise('%s is marked "no contact": no papers are made; speak to the designated safeguarding lead first',
      about.parent.name)
  end
  for _, each in ipairs(about.contacts) do
    if each.may_be_named and each.id ~= about.parent.id then about.others[#about.others + 1] = each end
  end
  about.siblings = stored_contacts.count_siblings(space.store, found.pupil)
  about.entries, about.by_id = entries_of(space, found, day)
  about.seen_by = discretion.new(space, found, "referral", all)
  about.reader = readers.new(space, "referral", all, about.entries, about.parent)
  about.offered = rows_of(about)
  case.pick(about)
  about.extract = register_extract.of(space, found, day)
  about.step = step_of(about.map)
  about.form = about.map.declared and about.map.declared.referral_form or {}
  return about
end

return case
