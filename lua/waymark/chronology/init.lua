-- chronology: what happened for one pupil, in the order of its days, for one of
-- three audiences.
--
--   staff      everything, with what Waymark itself noticed
--   referral   entries for a referral or the family
--   family     entries for the family
-- and, of the last two, for one parent or for what all of them may read (case/readers).
--
-- chronology.of gives { pupil, audience, as_of, rows, left_out, taken_out }. A row:
--   on, at, id, kind     kind is an entry's ("recorded") or an event's
--   step, title          title is what a person reads
--   outcome, attempt, with, by, issuer, history, audience
--   words                { { label | nil, text, field | nil }, … }, in the order to be read;
--                        field is the name of what the step recorded
--   despite, gate        recorded although the step spoke against it: why, and what it said
--   version, replaces, of, replaced   of a plan: see waymark.cases; { id, on } of the next one
--   answers              titles of the suggestions that it ended
--   struck               { on, by, why } of an entry that was struck out; of such
--                        a one nothing else is known but its day and step
--
-- 1. Whatever is not for the audience is not in the rows; left_out counts it.
-- 2. Other people are taken out of words as waymark.discretion says.
-- 3. Texts are as they were written: whoever shows them escapes them.

local core = require "waymark.core"
local cases = require "waymark.case"
local chronology_words = require "waymark.chronology.words"
local discretion = require "waymark.case.discretion"
local events = require "waymark.store.events"
local people = require "waymark.case.people"
local readers = require "waymark.case.readers"
local suggestions = require "waymark.store.suggestions"
local wording = require "waymark.base.words"

local chronology = {}

chronology.audiences = cases.audiences

chronology.english = chronology_words.english
chronology.plain = chronology_words.plain
chronology.title = chronology_words.title
chronology.step = chronology_words.step
chronology.field_title = chronology_words.field_title

-- Entries -------------------------------------------------------------------------------

-- The suggestions that it ended; an earlier entry may have answered others of the same.
local function answers_of(space, entry)
  local titles, seen = {}, {}
  for _, row in ipairs(suggestions.ended_by(space.store, entry.id)) do
    local title = chronology.title(space, entry.school, row.step)
    if not seen[title] then titles[#titles + 1] = title end
    seen[title] = true
  end
  return titles
end

local function struck_row(space, entry)
  return { on = entry.on, at = entry.at, id = entry.id, kind = entry.kind, step = entry.step,
    title = entry.step and chronology.title(space, entry.school, entry.step) or "An entry", words = {}, answers = {},
    audience = "staff", struck = { on = entry.struck_on, by = entry.struck_by, why = entry.struck_why } }
end

local function entry_row(space, entry, known, seen_by)
  local replaced = known.replaced[entry.id]
  local title, words = chronology_words.entry(space, entry, known, seen_by)
  return {
    on = entry.on, at = entry.at, id = entry.id, kind = entry.kind, step = entry.step, title = title,
    outcome = entry.outcome, attempt = entry.attempt, with = seen_by:person(entry.with), by = entry.by,
    issuer = seen_by:words(entry.issuer), history = entry.history, audience = readers.audience(space, entry),
    words = words, review_on = entry.review_on,
    despite = seen_by:words(entry.despite), gate = chronology_words.against(entry, seen_by), version = entry.version,
    replaces = entry.replaces, of = entry.of,
    replaced = replaced and { id = replaced.id, on = replaced.on } or nil,
    answers = seen_by.audience == "staff" and answers_of(space, entry) or {},
  }
end

-- What Waymark noticed --------------------------------------------------------------------

local function first_evidence(data) return ((data.evidence or {})[1] or {}).words end

local noticed = {}

noticed["suggestion.made"] = function(data, title)
  return "Suggested: " .. title, table.pack(data.reason, first_evidence(data), data.new and "worse: " .. data.new)
end

noticed["suggestion.lapsed"] = function(data, title)
  return (data.worse and "Worse than when it was suggested: " or "No longer suggested: ") .. title, { data.why }
end

noticed["threshold.met"] = function(data)
  return ("The threshold is met: %s"):format(data.rule or "?"), table.pack(data.since and "since " .. data.since,
    data.why, data.sessions and wording.half_days(data.sessions))
end

noticed["threshold.undone"] = function(data)
  return ("The threshold is no longer met: %s"):format(data.rule or "?"), table.pack(data.why or "a mark was changed",
    data.sessions and "it was met by: " .. wording.half_days(data.sessions))
end

noticed["review.due"] = function(_, title) return "To be looked at again: " .. title, {} end

noticed["period.exceeded"] = function(data, title)
  local half_days = wording.count(data.count, "half day")
  local agreed = data.tolerated and data.tolerated > 0 and ("up to %d were agreed to"):format(data.tolerated)
    or "none was to come"
  return "More absence than was agreed: " .. title, { ("%s (%s)"):format(half_days, agreed),
    "more than was agreed since " .. data.since }
end

noticed["evidence.changed"] = function(data, title)
  local words = { table.concat(data.sessions or {}, ", ") }
  for _, each in ipairs(data.figures or {}) do
    words[#words + 1] = ("%s: it was %s, it is now %s of %s"):format(each.rule, each.was, each.now, each.of)
  end
  local of = data.on and " of " .. core.date.short(data.on) or ""
  return ("The marks behind a decision were changed: %s%s"):format(title, of), words
end

local for_whom = { staff = "staff only", referral = "a referral", family = "the family" }

noticed["audience.changed"] = function(data, _, contacts)
  local names = {}
  for i, id in ipairs(data.readers or {}) do names[i] = (people.by_id(contacts, id) or {}).name end
  local whom = #names > 0 and (" (%s)"):format(table.concat(names, ", ")) or ""
  return ("Entry %d is for %s from now on"):format(data.of, for_whom[data.audience] .. whom), { data.why }
end

local function noticed_row(space, event, contacts)
  local data, words, texts = event.data or {}, {}, {}
  local title = chronology.title(space, event.school, event.step)
  if noticed[event.kind] then
    title, texts = noticed[event.kind](data, title, contacts)
  else
    title = chronology.plain((event.kind:gsub("%.", " "))) .. (event.step and ": " .. title or "")
  end
  for i = 1, texts.n or #texts do
    if texts[i] and texts[i] ~= "" then words[#words + 1] = { text = chronology.english(texts[i]) } end
  end
  return { on = event.on, at = event.at, id = event.id, kind = event.kind, step = event.step, title = title,
    words = words, answers = {}, by = event.by, audience = "staff" }
end

-- All of it ---------------------------------------------------------------------------------

local function by_day(a, b)
  if a.on ~= b.on then return a.on < b.on end
  return a.id < b.id
end

-- The entries by number, for what refers to them; see chronology_words. Of what the reader may not
-- read there is only that it is there.
local function known_entries(entries, reader)
  local known = { all = {}, by_id = {}, replaced = {}, sent = {}, moved = {} }
  for _, entry in ipairs(entries) do
    local seen = not entry.gone and reader:view(entry) or nil
    known.all[entry.id], known.by_id[entry.id] = entry, seen
    if seen and entry.replaces then known.replaced[entry.replaces] = entry end
    if entry.as == "sent" and entry.of then known.sent[entry.of] = entry end
    if seen and entry.attempt and entry.of then
      known.moved[entry.of] = known.moved[entry.of] or {}
      for name, value in next, seen.fields or {} do known.moved[entry.of][name] = value end
    end
  end
  return known
end

-- Entries for the reader; what is not for them is counted.
local function add_entries(result, space, pupil, seen_by, given)
  local entries = cases.entries(space, { pupil = pupil.pupil, as_of = result.as_of, gone = true })
  local standing, listed = {}, {}
  for _, entry in ipairs(entries) do
    standing[#standing + 1] = not entry.gone and entry or nil
    if entry.kind ~= "corrected" then listed[#listed + 1] = entry end -- that is said at the entry that it strikes out
  end
  local reader = readers.new(space, result.audience, seen_by.contacts, standing, result.parent)
  reader:choose(given.chosen or {})
  local known = known_entries(entries, reader)
  result.before = math.max(#listed - (given.latest or #listed), 0)
  for i = result.before + 1, #listed do
    local entry = listed[i]
    local seen, why
    if entry.gone then
      seen, why = result.audience == "staff" and struck_row(space, entry), "staff"
    else
      seen, why = reader:view(entry)
      seen = seen and entry_row(space, seen, known, seen_by)
    end
    if seen then
      result.rows[#result.rows + 1], result.entries = seen, result.entries + 1
    else
      result.left_out[why] = (result.left_out[why] or 0) + 1
    end
  end
end

local function add_noticed(result, space, pupil, contacts)
  for _, event in ipairs(events.list(space.store, { pupil = pupil.pupil, as_of = result.as_of })) do
    local is_choice = event.kind == "audience.changed" and result.audience ~= "staff"
    if not event.kind:find "^entry%." and not is_choice then
      if result.audience == "staff" then
        result.rows[#result.rows + 1] = noticed_row(space, event, contacts)
      else
        result.left_out.noticed = (result.left_out.noticed or 0) + 1
      end
    end
  end
end

-- The chronology of a pupil (of find_pupil). `given`: audience (staff), parent (the contact whom it
-- is for, or against; else all parents), chosen (of a referral: entries that name nobody, by number),
-- as_of (today); entries_only: without what Waymark noticed; latest: only so many entries, for staff, and as `before`
-- how many there are before these.
function chronology.of(space, pupil, given)
  given = given or {}
  space:load_plugins()
  local result = { pupil = pupil, audience = given.audience or "staff", parent = given.parent,
    as_of = given.as_of or space:today(), rows = {}, left_out = {}, entries = 0 }
  local seen_by = discretion.new(space, pupil, result.audience)
  add_entries(result, space, pupil, seen_by, given)
  if not given.entries_only then add_noticed(result, space, pupil, seen_by.contacts) end
  table.sort(result.rows, by_day)
  result.taken_out = seen_by.taken
  return result
end

-- What is left out, in sentences; none for staff.
function chronology.left_out_words(result)
  local list, n = {}, result.left_out
  if n.staff then list[#list + 1] = wording.count(n.staff, "entry is", "entries are") .. " for staff only." end
  if n.referral then
    list[#list + 1] = wording.count(n.referral, "entry is", "entries are") .. " in the copy for a referral only."
  end
  if n.other then
    list[#list + 1] = wording.count(n.other, "entry is", "entries are") .. " not for whom this copy is."
  end
  if n.noticed then
    list[#list + 1] = "What the school's program worked out from the registers is not in this copy."
  end
  if result.taken_out > 0 then
    local what_went = result.audience == "staff" and "A confidential address was" or "Details of other people were"
    list[#list + 1] = ("%s taken out of the words in %s."):format(what_went,
      wording.count(result.taken_out, "place", "places"))
  end
  return list
end

return chronology
