-- today/page: the list as a page to print or to open in a word processor: what page.html
-- beside it is filled in with. Plain tables, no script, nothing fetched; every text is
-- escaped. It says what staff need, and of other adults who is to be rung.

local csv = require "waymark.today.csv"
local mustache = require "waymark.mustache"
local purposes = require "waymark.plugin.purposes"
local today = require "waymark.today"
local today_words = require "waymark.today.words"
local words = require "waymark.base.words"

local page = {}

local date = require "waymark.core".date

-- One line under the heading of a section.
local about = {
  calls = "Nobody knows yet why these children were away. A kind call: how are things, and what would help?",
  decisions = "The greatest need first. Any contact answers a worry; “not now” is an answer too.",
  meetings = "A meeting stays here until somebody records that it was held, or not, or when it will be instead.",
  reviews = "What was promised comes first: was it done? What was agreed is to be looked at again.",
  exceeded = "Tell the parent first, before anything else is done. A notice may come early only if that was said.",
  checks = "A support that runs is looked at in between, with the family.",
  ended = "The time that was agreed is over. Decide together what comes of it.",
  running = "Support goes on meanwhile.",
  changed = "Marks that a decision relied on were changed later. Look at it again; nothing is undone by itself.",
  reasons = "To be put right in the school’s own register.",
  holds = "Nothing is sent for children on hold. Ask first.",
  improved = "Worth telling the child and the family.",
}

-- A list whose items have `first` where something stands between them.
local function apart(list)
  for i, text in ipairs(list) do list[i] = { words = text, first = i == 1 } end
  return list
end

local function row_view(row, list, to_fill_in, school)
  local person, small, day = row.person, {}, words.day(row.since, list.as_of)
  if (row.section == "calls" or row.section == "decisions") and not row.why:find(day, 1, true) then
    small[1] = "Since " .. day
  end
  local place = person.form or person.year and "Year " .. person.year or ""
  if #list.schools > 1 then place = place .. (place ~= "" and ", " or "") .. person.school.name end
  if #(row.further or {}) > 0 then small[#small + 1] = "Further on: " .. table.concat(row.further, ", ") end
  for _, say in ipairs { today_words.need, today_words.tried, today_words.family } do
    small[#small + 1] = say(row, list.as_of, school)
  end
  local whom, telephone = today_words.whom(row, list.as_of)
  return { number = row.number, name = person.name, place = place, why = row.why, ref = row.ref,
    ring = whom or false, telephone = telephone or false,
    heading = row.heading or false, what = (to_fill_in or today.titled[row.section]) and row.title or false,
    hold = row.hold and today_words.hold(row.hold, list.as_of) or false, overdue = row.overdue or false,
    small = table.concat(small, ". "), choices = to_fill_in and apart(csv.outcomes(row.step)) or {} }
end

local function section_view(section, list, school)
  local to_fill_in, rows = today.fillable[section.name] or false, {}
  for _, row in ipairs(section.rows) do
    if not school or row.person.school.key == school then
      rows[#rows + 1] = row_view(row, list, to_fill_in, school)
    end
  end
  return { title = section.title, about = about[section.name], count = #rows, rows = rows, to_fill_in = to_fill_in }
end

local function reasons_of(list)
  local reasons, seen = {}, {}
  for _, school in ipairs(list.schools) do
    for _, reason in ipairs(school.map.declared.reasons or {}) do
      if not seen[reason.code] then reasons[#reasons + 1] = reason.words end
      seen[reason.code] = true
    end
  end
  return apart(reasons)
end

-- The page: the whole list, or the part of one school (its key).
function page.text(list, school)
  local names, notes, sections, reasons = {}, {}, {}, reasons_of(list)
  for _, each in ipairs(list.schools) do
    if not school or each.key == school then names[#names + 1] = each.name end
  end
  for i, note in ipairs(today.notes(list, school)) do
    notes[i] = { class = note.plain and "lead" or "note", words = note.words }
  end
  for _, each in ipairs(today.failing(list, school)) do
    notes[#notes + 1] = { class = "note", words = words.capital(each) }
  end
  for _, each in ipairs(list.sections) do
    local section = section_view(each, list, school)
    if section.count > 0 then sections[#sections + 1] = section end
  end
  return mustache.page("waymark.today.page", { day = date.english(list.day), notes = notes, sections = sections,
    schools = #names <= 3 and table.concat(names, ", ") or ("%d schools"):format(#names), reasons = reasons,
    has_reasons = #reasons > 0, purposes = purposes.of(today.steps(list, school)) })
end

return page
