-- document/case: what of a pupil's case a document shows.
--
--   choose(letter, given) -> { entry, under, step, added, moved }
--     the entry that a letter (waymark.document) is about: number given.entry, else the last of its
--     steps up to given.on (of given.parent, where each parent has one). What was added to it while
--     it ran is no entry of that kind: it is in `added`, and said besides. What the entry does not
--     say itself, `under` does: of an outcome, the entry that it ended; of an attempt (a meeting
--     that was put off), the plan that stood, as the attempts in `moved` have changed it: the letter about a meeting
--     that was moved names the new day. `unclear` is the number of a later one that names
--     nobody, so that it may be another parent's.
--   entry(about, seen_by), days(…), period(…): the same in words, support(…), chronology(…)
--
-- What of an entry is shown, case/readers says; its texts go through case/discretion. A note is
-- shown only where the entry is for the audience, but a letter to a family has to say which
-- support there was: the day, the title and the outcome of what a referral may show. The fields
-- of the entry that a document is about are what the document says: they are shown to whomever
-- it was done with, but for those that never leave staff.

local chronology = require "waymark.chronology"
local core = require "waymark.core"
local discretion = require "waymark.case.discretion"
local page = require "waymark.chronology.page"
local periods = require "waymark.case.periods"
local outcome_words = require "waymark.base.words".outcome
local people = require "waymark.case.people"
local problem = require "waymark.base.problem"
local roles = require "waymark.plugin.roles"
local spelling = require "waymark.case.spelling"
local durations, sdk_entries = core.sdk "durations", core.sdk "entries"

local document_case = {}

local date = core.date

-- Which entry --------------------------------------------------------------------------------

local function of_steps(entries, steps)
  local names, list = {}, {}
  for _, step in ipairs(steps) do names[step.name] = step end
  for _, entry in ipairs(entries) do
    if entry.kind == "recorded" and names[entry.step or ""] and not entry.adds then
      list[#list + 1] = entry
    end
  end
  return list, names
end

-- What was added to an entry while it ran.
local function additions(entries, entry)
  local list = {}
  for _, each in ipairs(entries) do
    if each.adds and each.of == entry.id then list[#list + 1] = each end
  end
  return list
end

-- The number of the contact that an entry is about, its own or that of the one it ends.
local function parent_of(list, entry)
  local own = (entry.contacts or {}).parent
  if type(own) == "table" then own = own[1] end
  if own or not entry.of then return own, (entry.fields or {}).parent end
  local of = sdk_entries.by_id(list, entry.of)
  if not of or of == entry then return nil end
  return parent_of(list, of)
end

local function is_for(list, entry, parent)
  local id, name = parent_of(list, entry)
  if id then return id == parent.id end
  return name == nil or name == parent.name
end

-- The numbers of the contacts that have an entry of a step that each parent has its own of.
function document_case.parents_with_entry(entries, steps)
  local list = of_steps(entries, steps)
  local wanted = {}
  for _, entry in ipairs(list) do
    local id = parent_of(list, entry)
    if id then wanted[id] = true end
  end
  return wanted
end

-- The last of a parent's own; and the number of one after it that names nobody, where it may be
-- the other parent's.
local function last_for(list, names, given)
  local parent, unclear_one = given.parent, nil
  for i = #list, 1, -1 do
    local is_own = not (names[list[i].step].each_parent and parent) or is_for(list, list[i], parent)
    local seen, unclear = given.reader:told(list[i])
    if is_own and (not parent or seen and not unclear) then return list[i], unclear_one end
    if is_own and seen then unclear_one = unclear_one or list[i].id end
  end
  return nil, unclear_one
end

function document_case.choose(letter, given)
  local list, names = of_steps(letter.entries, letter.steps)
  local entry, unclear
  if given.entry then
    entry = sdk_entries.by_id(list, given.entry)
    if not entry then
      problem.raise("%s has no entry %d that %s is about, by %s; see: waymark chronology", letter.pupil.name,
        given.entry, letter.name, given.on)
    elseif given.parent and not given.reader:told(entry) then
      problem.raise("entry %d is not for %s: it was made with somebody else", given.entry, given.parent.name)
    end
  else
    entry, unclear = last_for(list, names, given)
  end
  if not entry then return { step = letter.steps[1], unclear = unclear } end
  local step = names[entry.step]
  local under = entry.of and sdk_entries.by_id(list, entry.of) or nil
  if entry.attempt and step.plan then
    under = nil
    for _, each in ipairs(sdk_entries.running(list)) do
      if not under and each.step == entry.step and each.id < entry.id then under = each end
    end
  end
  local moved = {}
  for _, each in ipairs(under and letter.entries or {}) do
    if each.attempt and each.of == under.id and each.id < entry.id then moved[#moved + 1] = each end
  end
  return { entry = entry, under = under, step = step, unclear = unclear, moved = moved,
    added = additions(letter.entries, under or entry) }
end

-- The entry as it is shown ---------------------------------------------------------------------

local function english(value) return core.date.parse(value) and date.english(value) or value end

local function items(value, words)
  local list = {}
  for i, each in ipairs(type(value) == "table" and value or { value }) do list[i] = { item = words(each) } end
  return list
end

local kin = { parent = true, mother = true, father = true, mum = true, mam = true, dad = true, carer = true,
  family = true }
local titles = { "mr", "mrs", "ms", "miss", "mx", "dr", "sir", "madam" }

-- Whether somebody of the family does it: "parents", a contact, or the pupil, who goes by the
-- forename: no "Mr James" of the staff, and nobody whom the settings name.
local function is_family(owner, about)
  local low = core.fold(owner)
  for word in low:gmatch "%f[%w\x80-\xFF][%w\x80-\xFF]+" do
    if kin[(word:gsub("^grand", ""):gsub("^step", ""):gsub("^(%l+%l)s$", "%1"))] then return true end
  end
  for _, contact in ipairs(about.contacts) do
    local bare = ("%s %s"):format(contact.forename or "", contact.surname or "")
    for _, name in ipairs { contact.name, contact.salutation, bare } do
      if #name > 1 and spelling.contains(owner, name) then return true end
    end
  end
  for _, name in ipairs(about.staff) do low = low:gsub(core.fold(name):gsub("%p", "%%%0"), "") end
  for _, title in ipairs(titles) do low = low:gsub("%f[%w]" .. title .. "%.?%s+%S+", "") end
  return spelling.contains(low, about.forename)
end

local shown = {}

function shown.date(value) return english(value) end
function shown.contact(value, about) return about.seen_by:person(value) end
function shown.dates(value) return items(value, english) end
function shown.contacts(value, about) return items(value, function(each) return about.seen_by:person(each) end) end
function shown.list(value, about) return items(value, function(each) return about.seen_by:words(each) end) end

function shown.actions(value, about)
  local list = {}
  for i, each in ipairs(value) do
    local owner = about.seen_by:words(each.owner)
    list[i] = { what = about.seen_by:words(each.what), owner = owner, by = each.by and english(each.by),
      family = is_family(each.owner or "", about) }
  end
  return list
end

function shown.signatures(value, about)
  local list = {}
  for i, each in ipairs(value) do
    list[i] = { who = about.seen_by:person(each.who), on = each.on and english(each.on) }
  end
  return list
end

local function add_fields(view, entry, step, about)
  if about.parent then entry = about.reader:told(entry) else entry = about.reader:cut(entry) end
  for name, value in next, entry and entry.fields or {} do
    local record = (step.records or {})[name]
    local kind = type(record) == "table" and record.type or record
    local show = shown[kind]
    if show and (type(value) == "table") == (kind ~= "date" and kind ~= "contact") then
      view[name] = show(value, about)
    elseif type(value) ~= "table" then
      view[name] = about.seen_by:words(tostring(value))
    end
  end
end

-- Who is a party to what a document is about, though no contact of the pupil or none that other pages
-- may name. A contact with whom there is no contact is not among them.
local function who_took_part(chosen, about)
  local names = {}
  local function add(text)
    for _, contact in ipairs(people.named_in(about.reader.contacts, text)) do
      if contact.no_contact then return end
    end
    names[#names + 1] = text
  end
  for _, entry in ipairs { chosen.entry, chosen.under } do
    for _, role in ipairs(roles.values(chosen.step, entry, "with")) do
      for _, text in ipairs(type(role) == "table" and role or { role }) do add(discretion.text(text)) end
    end
  end
  return names
end

-- chosen: of choose. about: { seen_by, contacts, staff (names), forename, audience }
function document_case.entry(chosen, about)
  local view, entry = {}, chosen.entry
  if not entry then return view end
  about.seen_by:allow(who_took_part(chosen, about))
  if chosen.under then add_fields(view, chosen.under, chosen.step, about) end
  for _, each in ipairs(chosen.moved) do add_fields(view, each, chosen.step, about) end
  add_fields(view, entry, chosen.step, about)
  for _, each in ipairs(chosen.added) do add_fields(view, each, chosen.step, about) end
  view.on, view.version = date.english(entry.on), (chosen.under or entry).version
  view.outcome = entry.outcome and outcome_words(entry.outcome) or nil
  view.with = about.seen_by:person(entry.with)
  local seen = about.reader:view(entry)
  view.note = seen and about.seen_by:words(seen.note) or nil
  return view
end

-- Its period -------------------------------------------------------------------------------------

-- pupil: of the registers. nil when the entry has none.
function document_case.days(space, chosen, map, pupil, day)
  local entry, step = chosen.under or chosen.entry, chosen.step
  if not entry or not step.period or not pupil then return nil end
  return periods.of(space, entry, step, map, pupil, pupil.as_of, day)
end

function document_case.period(space, chosen, map, pupil, day)
  local period, step = document_case.days(space, chosen, map, pupil, day), chosen.step
  if not period then return nil end
  local checks = {}
  for i, each in ipairs(period.checks) do checks[i] = { day = date.english(each) } end
  return { from = date.english(period.from), to = date.english(period.to), length = durations.words(step.period),
    checks = checks }
end

-- Support ------------------------------------------------------------------------------------------

-- A letter tells of the conversations beside the support.
local function is_told(entry)
  return entry.support or entry.principle == "listen" and entry.kind == "recorded" and not entry.attempt
end

-- What an entry says in the records of a role: of a list, each of its items.
local function texts_of(step, entry, role)
  local list = {}
  for _, value in ipairs(roles.values(step, entry, role)) do
    for _, text in ipairs(type(value) == "table" and value or { value }) do list[#list + 1] = text end
  end
  return list
end

-- What was said, offered and agreed, a line each; "" when nothing was written down.
local function support_words(entry, step, about)
  local lines = {}
  local function add(text)
    if type(text) == "string" and text ~= "" then lines[#lines + 1] = about.seen_by:words(text) end
  end
  add(entry.note)
  for _, role in ipairs { "support", "agreed" } do
    for _, text in ipairs(texts_of(step, entry, role)) do add(text) end
  end
  for _, actions in ipairs(roles.typed(step, entry, "actions")) do
    for _, each in ipairs(type(actions) == "table" and shown.actions(actions, about) or {}) do
      lines[#lines + 1] = ("%s (%s%s)"):format(each.what, each.owner, each.by and ", by " .. each.by or "")
    end
  end
  return table.concat(lines, "\n")
end

-- The row of an entry; `seen`: the entry as the reader may see it, or nil: then without its words.
-- Second, whether it has words that these may not see.
local function support_row(space, entry, step, seen, about)
  local words = seen and support_words(seen, step, about) or ""
  return { on = date.english(entry.on), title = chronology.title(space, entry.school, entry.step),
    outcome = outcome_words(entry.outcome or ""), words = words, by = entry.by },
    not seen and support_words(entry, step, about) ~= ""
end

-- What was not taken up, as it is offered again: the support that was named, else the note, and what
-- others than the family were to do; nothing of the family's own, and no day that is past. Of what
-- ended a plan, the words of that. nil where the plan was held, such as a meeting, and leaves nothing
-- to offer.
local function refused_row(row, seen, plan, step, about)
  local lines, offered = {}, plan and about.reader:view(plan) or not plan and seen or nil
  for _, text in ipairs(offered and texts_of(step, offered, "support") or {}) do
    lines[#lines + 1] = about.seen_by:words(text)
  end
  if offered and #lines == 0 and (offered.note or "") ~= "" then lines[1] = about.seen_by:words(offered.note) end
  for _, actions in ipairs(offered and roles.typed(step, offered, "actions") or {}) do
    for _, each in ipairs(type(actions) == "table" and shown.actions(actions, about) or {}) do
      if not each.family then lines[#lines + 1] = ("%s (%s)"):format(each.what, each.owner) end
    end
  end
  if #lines == 0 and plan and roles.value(step, plan, "agreed") then return nil end
  local copy = {}
  for name, value in next, row do copy[name] = value end
  copy.words = table.concat(lines, "\n")
  return copy
end

-- The support that an entry, or the plan that it ended, has offered; "" where none is written down.
local function offer(entry, plan, step)
  local list = texts_of(step, entry, "support")
  if #list == 0 and plan then list = texts_of(step, plan, "support") end
  return table.concat(list, "\n")
end

-- Whether what was not taken up at entries[i] was held since: a meeting that took place after all,
-- or, where the step says which support it is, the same that was taken up later.
local function held_since(entries, i, by_number, step, about)
  local one, says_which = entries[i], false
  for _, record in next, step and step.records or {} do says_which = says_which or record.role == "support" end
  for k = i + 1, #entries do
    local later = entries[k]
    if later.step == one.step and later.kind == "recorded" and not later.refused and not later.attempt
      and about.reader:told(later) then
      local text = offer(later, by_number[later.of], step)
      if not says_which or text ~= "" and text == offer(one, by_number[one.of], step) then return true end
    end
  end
  return false
end

-- That support was given or offered, when, and what came of it, is said to whom it was done with,
-- but for what is for staff alone; its words only to those they are for. A version that a later one
-- took the place of is left out.
-- -> { support, refused, unseen = entries left out, unsaid = entries without their words }
function document_case.support(space, entries, about)
  local old, by_number, made = {}, {}, { support = {}, refused = {}, unseen = 0, unsaid = 0 }
  for _, entry in ipairs(entries) do
    by_number[entry.id] = entry
    if entry.replaces then old[entry.replaces] = true end
  end
  for i, entry in ipairs(entries) do
    local step = space:step(entry.school, entry.step)
    if is_told(entry) and not old[entry.id] then
      local seen, why = about.reader:view(entry)
      if seen or why == "referral" and about.reader:told(entry) then
        local row, is_unsaid = support_row(space, entry, step, seen, about)
        table.insert(made.support, row)
        if entry.support and entry.refused and not held_since(entries, i, by_number, step, about) then
          made.refused[#made.refused + 1] = refused_row(row, seen, by_number[entry.of], step, about)
        end
        made.unsaid = made.unsaid + (is_unsaid and 1 or 0)
      else
        made.unseen = made.unseen + 1
      end
    end
  end
  return made
end

-- All of it --------------------------------------------------------------------------------------

function document_case.chronology(space, found, about, on)
  local result, list = chronology.of(space, found, { audience = about.audience, parent = about.parent, as_of = on,
    entries_only = true }), {}
  for i, row in ipairs(result.rows) do
    local words = {}
    for k, each in ipairs(page.sentences(row)) do
      words[k] = { text = each.label and ("%s: %s"):format(each.label, each.text) or each.text }
    end
    list[i] = { on = date.english(row.on), title = page.title(row), people = page.people(row), words = words }
  end
  return list
end

return document_case
