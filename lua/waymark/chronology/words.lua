-- chronology/words: one entry of a case in words: its title, and what is said under it,
-- for one audience. For chronology.lua, which says what a row is.
--
--   chronology_words.title(space, school, step)     the title of a step
--   chronology_words.entry(space, entry, known, seen_by) -> title, { { label | nil, text }, … }
--     known: { all, by_id, replaced, sent }, each { [id] = entry }: all of the pupil's, those
--     that the audience sees, and of these the version after it, and what was sent of it; and moved,
--     { [id] = fields }: to what an attempt moved something of it since;
--     seen_by: waymark.discretion
--
-- 1. Whatever a person wrote goes through `seen_by`: persons as persons, the rest as words.
-- 2. What a letter was, and for whom, is said where it was sent, though that it was made is
--    for staff alone.

local cases = require "waymark.case"
local core = require "waymark.core"
local discretion = require "waymark.case.discretion"
local reasons = core.sdk "evidence"

local chronology_words = {}

local date = core.date

-- Days and half days of our own sentences, in English: "2025-09-08 AM".
function chronology_words.english(text)
  local function session(day, half)
    return date.parse(day) and reasons.session_words(day, half) or nil
  end
  text = text:gsub("(%d%d%d%d%-%d%d%-%d%d) ([AP]M)", session)
  return (text:gsub("%d%d%d%d%-%d%d%-%d%d", function(day)
    return date.parse(day) and date.short(day) or nil
  end))
end

-- "what_would_help" -> "What would help"; what the register calls a session is half a day.
function chronology_words.plain(name)
  local words = name:gsub("[_-]+", " "):gsub("%f[%a]session", "half day")
  return (words:gsub("^%l", string.upper))
end

-- The name of what a step records, as people read it.
function chronology_words.field_title(step, name)
  local record = ((step or {}).records or {})[name]
  return record and record.title or chronology_words.plain(name)
end

function chronology_words.step(space, school, name)
  local declared = name and space:map_for_school(school).declared
  return declared and declared.steps_by_name[name]
end

-- The title of a step, or a plain form of a name that no road map has.
function chronology_words.title(space, school, name)
  local step = chronology_words.step(space, school, name)
  return step and step.title or chronology_words.plain(name or "entry")
end

local function reason_words(space, school, code)
  local declared = space:map_for_school(school).declared
  for _, each in ipairs(declared and declared.reasons or {}) do
    if each.code == code then return each.words end
  end
  return code
end

-- Fields ------------------------------------------------------------------------------

local function is_date(value) return type(value) == "string" and date.parse(value) ~= nil end

-- "Lift on Mondays (Mrs Byron, by Friday 20 March 2026)"
local function action_words(action, seen_by)
  local by = is_date(action.by) and ", by " .. date.english(action.by) or ""
  return ("%s (%s%s)"):format(seen_by:words(action.what), seen_by:owner(action.owner) or "nobody named", by)
end

local function signature_words(signature, seen_by)
  local on = is_date(signature.on) and (" (%s)"):format(date.english(signature.on)) or ""
  return seen_by:person(signature.who) .. on
end

-- One item of a field; of what no road map records any more, by what it looks like.
local function item_words(kind, item, seen_by)
  if type(item) == "table" and item.what then return action_words(item, seen_by) end
  if type(item) == "table" and item.who then return signature_words(item, seen_by) end
  local text = discretion.text(item)
  if kind == "contact" or kind == "contacts" then return seen_by:person(text) end
  if kind == "date" or kind == "dates" then
    return is_date(text) and date.english(text) or seen_by:words(chronology_words.english(text))
  end
  if kind == "choice" then return seen_by:words((text:gsub("-", " "))) end
  return seen_by:words(text:find "^%d+%-%d+%-%d+ [AP]M$" and chronology_words.english(text) or text)
end

local between = { contacts = ", ", dates = ", ", signatures = ", " }

local function value_words(kind, value, seen_by)
  if type(value) ~= "table" or #value == 0 and next(value) then return item_words(kind, value, seen_by) end
  local parts, seen = {}, {}
  for _, item in ipairs(value) do
    local words = item_words(kind, item, seen_by)
    if kind ~= "contacts" or not seen[words] then parts[#parts + 1] = words end
    seen[words] = true
  end
  return table.concat(parts, between[kind] or "; ")
end

-- For whom first, then by name, what was agreed and who signed last.
local rank = { actions = 2, signatures = 3 }

local function field_names(fields, records)
  local names = {}
  local function rank_of(name)
    return name == "parent" and 0 or rank[(records[name] or {}).type] or 1
  end
  for name in next, fields do names[#names + 1] = name end
  table.sort(names, function(a, b)
    if rank_of(a) ~= rank_of(b) then return rank_of(a) < rank_of(b) end
    return a < b
  end)
  return names
end

local function field_words(add, entry, step, seen_by, moved)
  local fields, records = entry.fields or {}, (step or {}).records or {}
  for _, name in ipairs(field_names(fields, records)) do
    local kind = (records[name] or {}).type
    local text = value_words(kind, fields[name], seen_by)
    local now = moved and moved[name] ~= nil and value_words(kind, moved[name], seen_by) or text
    if now ~= text then text = ("%s (moved to %s)"):format(text, now) end
    add(chronology_words.field_title(step, name), text, name)
  end
end

-- What a formal decision was based on; several rules may say the same.
local function evidence_words(add, evidence)
  local seen, list = {}, {}
  for _, each in ipairs(evidence or {}) do
    if each.words and not seen[each.words] then list[#list + 1] = each.words end
    seen[each.words or ""] = true
  end
  add("The figures then", table.concat(list, "; "))
end

-- Entries beside it ---------------------------------------------------------------------

local function version_words(entry, replaced)
  local version = entry.version
  if not version or version == 1 and not replaced then return "" end
  return (", version %d%s"):format(version, replaced and ", replaced on " .. date.english(replaced.on) or "")
end

-- "Attendance contract of Tuesday 3 March 2026, version 2"
local function entry_words(space, entry)
  local title = chronology_words.title(space, entry.school, entry.step)
  return ("%s of %s%s"):format(title, date.english(entry.on), version_words(entry))
end

local function stands(entry) return entry ~= nil and not entry.gone end

local function of_words(add, space, entry, known)
  local of = known.by_id[entry.of]
  if entry.kind ~= "recorded" or not stands(of) then return end
  add(entry.attempt and "About" or entry.adds and "Added to" or "Outcome of", entry_words(space, of))
end

-- Files -----------------------------------------------------------------------------------

-- "Notice to Improve, for Mrs Byron": of a document that was made.
local function document_words(entry, seen_by)
  local fields = entry.fields or {}
  local name = entry.title or chronology_words.plain(fields.document or "a document")
  local parent = fields.parent and ", for " .. seen_by:person(fields.parent) or ""
  return seen_by:words(name) .. parent
end

local function rendered_title(entry, known, seen_by)
  if (entry.fields or {}).document == cases.pack_document then
    return "The papers of a referral were made: " .. document_words(entry, seen_by)
  end
  local sent = known.sent[entry.id]
  local what = (entry.fields or {}).parent and "A letter" or "A document"
  return ("%s was made: %s (%s)"):format(what, document_words(entry, seen_by),
    sent and "sent on " .. date.english(sent.on) or "not yet marked as sent")
end

local function attached_title(space, entry, known, seen_by)
  local of = known.all[entry.of]
  if entry.as == "sent" then
    local what = stands(of) and (of.kind == "rendered" and document_words(of, seen_by) or entry_words(space, of))
    return "A letter was sent" .. (what and ": " .. what or "")
  elseif entry.as == "signed" then
    return "The signed copy was kept" .. (stands(of) and ": " .. entry_words(space, of) or "")
  end
  return entry.as and "A file was kept: " .. seen_by:words(entry.as) or "A file was kept"
end

local function file_words(add, entry, seen_by)
  if type(entry.file) ~= "table" then return end
  local as = entry.as and entry.as ~= "sent" and entry.as ~= "signed" and ", " .. seen_by:words(entry.as) or ""
  add("File", seen_by:words(entry.file.name or "") .. as)
end

-- One entry -------------------------------------------------------------------------------

-- No person wrote it: "the plugin callbacks".
local function plugin_words(entry) return entry.plugin and "the plugin " .. entry.plugin or "a plugin" end

local titles = {
  bypassed = function(title) return title .. ", left out" end,
  ["put-off"] = function(title) return title .. ", not now" end,
  held = function(_, entry) return "Nothing to be sent until " .. date.english(entry["until"]) end,
  noted = function(_, entry) return "A note by " .. plugin_words(entry) end,
  ["follow-up"] = function(_, entry) return ("To be looked at again, says %s"):format(plugin_words(entry)) end,
}

local function title_of(space, entry, known, seen_by)
  local title = chronology_words.title(space, entry.school, entry.step)
  if entry.kind == "rendered" then return rendered_title(entry, known, seen_by) end
  if entry.kind == "attached" then return attached_title(space, entry, known, seen_by) end
  if titles[entry.kind] then return titles[entry.kind](title, entry) end
  if entry.adds then return title .. ", while it runs" end
  return title .. version_words(entry, known.replaced[entry.id])
end

local function words_of(space, entry, known, seen_by)
  local list = {}
  local function add(label, text, field)
    if text and text ~= "" then list[#list + 1] = { label = label, text = text, field = field } end
  end
  add(nil, seen_by:words(entry.note))
  if entry.reason then add("Reason", reason_words(space, entry.school, entry.reason)) end
  if entry.kind == "held" then add("Ask first", seen_by:words(entry.ask)) end
  file_words(add, entry, seen_by)
  of_words(add, space, entry, known)
  if entry.kind ~= "rendered" then
    field_words(add, entry, chronology_words.step(space, entry.school, entry.step), seen_by, known.moved[entry.id])
  end
  if entry.review_on then add("Look again on", date.english(entry.review_on)) end
  if seen_by.audience ~= "family" then evidence_words(add, entry.evidence) end
  return list
end

function chronology_words.entry(space, entry, known, seen_by)
  return title_of(space, entry, known, seen_by), words_of(space, entry, known, seen_by)
end

-- Why it should not have been, as its step said at the time; nil when nothing did.
function chronology_words.against(entry, seen_by)
  local parts = {}
  for _, text in ipairs { entry.gate or false, entry.cannot or false } do
    if text then parts[#parts + 1] = seen_by:words(text) end
  end
  return entry.despite and #parts > 0 and table.concat(parts, "; ") or nil
end

return chronology_words
