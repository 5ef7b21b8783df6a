-- chronology: what happened for one pupil, in the order of its days, for one of
-- three audiences.
--
--   staff      everything, with what Waymark itself noticed
--   referral   entries for a referral or the family
--   family     entries for the family
--
-- chronology.of gives { pupil, audience, as_of, rows, left_out, taken_out }. A row:
--   on, at, id, kind     kind is an entry's ("recorded") or an event's
--   step, title          title is what a person reads
--   outcome, attempt, with, by, issuer, history, audience
--   words                { { label | nil, text }, … }, in the order to be read
--   despite, gate        recorded past a gate: why, and what the gate said
--   answers              titles of the suggestions that it ended
--   struck               { on, by, why } of an entry that was struck out; of such
--                        a one nothing else is known but its day and step
--
-- 1. Whatever is not for the audience is not in the rows; left_out counts it.
-- 2. Other people are taken out of words as waymark.discretion says.
-- 3. Texts are as they were written: whoever shows them escapes them.

local core = require "waymark.core"
local cases = require "waymark.cases"
local discretion = require "waymark.discretion"
local problem = require "waymark.problem"
local reasons = core.sdk "evidence"

local chronology = {}

chronology.audiences = cases.audiences

-- How much each audience may see: an entry is shown to those at or under its own.
local reach = { staff = 3, referral = 2, family = 1 }

-- Words -------------------------------------------------------------------------------

-- Days and half days of our own sentences, in English: "2025-09-08 AM".
function chronology.english(text)
  local function session(date, half)
    return core.date.parse(date) and reasons.session_words(date, half) or nil
  end
  text = text:gsub("(%d%d%d%d%-%d%d%-%d%d) ([AP]M)", session)
  return (text:gsub("%d%d%d%d%-%d%d%-%d%d", function(date)
    return core.date.parse(date) and core.date.short(date) or nil
  end))
end

-- "what_would_help" -> "What would help"
function chronology.plain(name)
  local words = name:gsub("[_-]+", " ")
  return (words:gsub("^%l", string.upper))
end

local function step_of(space, school, name)
  local declared = name and space:map_for_school(school).declared
  return declared and declared.steps_by_name[name]
end

-- The title of a step, or a plain form of a name that no road map has.
function chronology.title(space, school, name)
  local step = step_of(space, school, name)
  return step and step.title or chronology.plain(name or "entry")
end

local function reason_words(space, school, code)
  local declared = space:map_for_school(school).declared
  for _, each in ipairs(declared and declared.reasons or {}) do
    if each.code == code then return each.words end
  end
  return code
end

local function sorted_names(map)
  local names = {}
  for name in next, map do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- Entries -------------------------------------------------------------------------------

local function field_words(add, entry, step, seen_by)
  local fields = entry.body.fields or {}
  for _, name in ipairs(sorted_names(fields)) do
    local kind, value = ((step or {}).records or {})[name], fields[name]
    if kind == "date" and core.date.parse(value) then
      value = core.date.english(value)
    elseif kind == "contact" then
      value = seen_by:person(value)
    else
      value = seen_by:words(value)
    end
    add(chronology.plain(name), tostring(value))
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

local function file_words(add, body, seen_by)
  local file = body.file
  if type(file) ~= "table" then return end
  add("File", ("%s%s"):format(seen_by:words(file.name or ""), body.as and ", " .. body.as or ""))
end

local function words_of(space, entry, step, seen_by)
  local list, body = {}, entry.body
  local function add(label, text)
    if text and text ~= "" then list[#list + 1] = { label = label, text = text } end
  end
  add(nil, seen_by:words(body.note))
  if body.reason then add("Reason", reason_words(space, entry.school, body.reason)) end
  if entry.kind == "held" then add("Ask first", seen_by:words(body.ask)) end
  file_words(add, body, seen_by)
  field_words(add, entry, step, seen_by)
  if body.review_on then add("Look again on", core.date.english(body.review_on)) end
  if seen_by.audience ~= "family" then evidence_words(add, body.evidence) end
  return list
end

local what = {
  bypassed = function(title) return title .. ", left out" end,
  ["put-off"] = function(title) return title .. ", not now" end,
  held = function(_, body)
    return "Nothing to be sent until " .. core.date.english(body["until"])
  end,
  noted = function() return "A note by a plugin" end,
  ["follow-up"] = function() return "To be looked at again" end,
  attached = function(_, body) return body.as and "A file was kept: " .. body.as or "A file was kept" end,
}

local function answers_of(space, entry)
  local titles, seen = {}, {}
  for _, key in ipairs((entry.data or {}).answers or {}) do
    local title = chronology.title(space, entry.school, key[2])
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

local function entry_row(space, entry, seen_by)
  local body, step = entry.body, step_of(space, entry.school, entry.step)
  local title = chronology.title(space, entry.school, entry.step)
  return {
    on = entry.on, at = entry.at, id = entry.id, kind = entry.kind, step = entry.step,
    title = what[entry.kind] and what[entry.kind](title, body) or title,
    outcome = body.outcome, attempt = body.attempt, with = seen_by:person(body.with), by = entry.by,
    issuer = seen_by:words(body.issuer), history = body.history, audience = body.audience or "staff",
    words = words_of(space, entry, step, seen_by), despite = seen_by:words(body.despite),
    gate = body.despite and body.gate or nil, review_on = body.review_on,
    answers = seen_by.audience == "staff" and answers_of(space, entry) or {},
  }
end

-- What Waymark noticed --------------------------------------------------------------------

local function first_evidence(data) return ((data.evidence or {})[1] or {}).words end

local noticed = {}

noticed["suggestion.made"] = function(data, title)
  return "Suggested: " .. title, table.pack(data.reason, first_evidence(data))
end

noticed["suggestion.lapsed"] = function(data, title) return "No longer suggested: " .. title, { data.why } end

noticed["threshold.met"] = function(data)
  return ("The threshold is met: %s"):format(data.rule or "?"), { data.since and "since " .. data.since }
end

noticed["threshold.undone"] = function(data)
  return ("The threshold is no longer met: %s"):format(data.rule or "?"), { "a mark was changed" }
end

noticed["review.due"] = function(_, title) return "To be looked at again: " .. title, {} end

noticed["evidence.changed"] = function(data, title)
  local words = { table.concat(data.sessions or {}, ", ") }
  for _, each in ipairs(data.figures or {}) do
    words[#words + 1] = ("%s: it was %s, it is now %s of %s"):format(each.rule, each.was, each.now, each.of)
  end
  local of = data.on and " of " .. core.date.short(data.on) or ""
  return ("The marks behind a decision were changed: %s%s"):format(title, of), words
end

local function noticed_row(space, event)
  local data, words, texts = event.data or {}, {}, {}
  local title = chronology.title(space, event.school, event.step)
  if noticed[event.kind] then
    title, texts = noticed[event.kind](data, title)
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

-- Entries for the audience; what is not for it is counted.
local function add_entries(result, space, pupil, seen_by)
  for _, entry in ipairs(cases.entries(space, { pupil = pupil.pupil, as_of = result.as_of })) do
    if entry.kind ~= "corrected" then -- said at the entry that it strikes out
      local gone = entry.struck or not entry.body
      local audience = gone and "staff" or entry.body.audience or "staff"
      if (reach[audience] or reach.staff) > reach[result.audience] and result.audience ~= "staff" then
        result.left_out[audience] = (result.left_out[audience] or 0) + 1
      else
        result.rows[#result.rows + 1] = gone and struck_row(space, entry) or entry_row(space, entry, seen_by)
        result.entries = result.entries + 1
      end
    end
  end
end

local function add_noticed(result, space, pupil)
  for _, event in ipairs(problem.check(space.store:events { pupil = pupil.pupil, as_of = result.as_of })) do
    if not event.kind:find "^entry%." then
      if result.audience == "staff" then
        result.rows[#result.rows + 1] = noticed_row(space, event)
      else
        result.left_out.noticed = (result.left_out.noticed or 0) + 1
      end
    end
  end
end

-- The chronology of a pupil (of find_pupil). `given`: audience (staff), as_of (today);
-- entries_only: without what Waymark noticed.
function chronology.of(space, pupil, given)
  given = given or {}
  space:load_plugins()
  local result = { pupil = pupil, audience = given.audience or "staff", as_of = given.as_of or space:today(),
    rows = {}, left_out = {}, entries = 0 }
  local seen_by = discretion.new(space, pupil, result.audience)
  add_entries(result, space, pupil, seen_by)
  if not given.entries_only then add_noticed(result, space, pupil) end
  table.sort(result.rows, by_day)
  result.taken_out = seen_by.taken
  return result
end

local function counted(n, one, many) return ("%d %s"):format(n, n == 1 and one or many) end

-- What is left out, in sentences; none for staff.
function chronology.left_out_words(result)
  local list, n = {}, result.left_out
  if n.staff then list[#list + 1] = counted(n.staff, "entry is", "entries are") .. " for staff only." end
  if n.referral then
    list[#list + 1] = counted(n.referral, "entry is", "entries are") .. " in the copy for a referral only."
  end
  if n.noticed then
    list[#list + 1] = "What the school's program worked out from the registers is not in this copy."
  end
  if result.taken_out > 0 then
    local what_went = result.audience == "staff" and "A confidential address was" or "Details of other people were"
    list[#list + 1] = ("%s taken out of the words in %s."):format(what_went,
      counted(result.taken_out, "place", "places"))
  end
  return list
end

return chronology
