-- pupil/register: a pupil's register as a referral needs it: this school year and the
-- last, up to a day, week by week, with what each code means, and what was changed.
--
-- register_extract.of gives
--   from, to       the days that it covers
--   years          { { year, from, to, first, last (days of school in it), rate, possible,
--                  attended, absent, authorised, unauthorised, unmarked, weeks = { { week,
--                  monday, days } } }, … }, this year first; a day is { day, date, am, pm,
--                  closed }
--   key            each code that stands in it: { code, meaning, class, number }
--   changes        marks that were replaced: { day, half, was, now, learnt }
--   unmarked       half days without a mark; unexplained: those whose code says that no
--                  reason is known yet, a list of { day, half, code }
--   figures        those of all of it: from and to in words, counts, late, rate
--   reach, as_seen how far registers have come in, "to Fri 13 Mar 2026, afternoon" (nil: none has);
--                  whose record this is, as a sentence
--
-- 1. The record of who changed a mark and why is in the school's own system: what is
--    shown is what imports brought, and `as_seen` says so.
-- 2. A half day after the reach is not "unmarked": it has not come in.

local core = require "waymark.core"
local registers = require "waymark.store.registers"
local words = require "waymark.base.words"
local reasons = core.sdk "evidence"

local extract = {}

local date = core.date

-- Weeks ---------------------------------------------------------------------------------

local function cells_by_day(marks)
  local by_day = {}
  for _, each in ipairs(marks) do
    by_day[each.date] = by_day[each.date] or {}
    by_day[each.date][each.session] = each.code
  end
  return by_day
end

local function day_cell(day, cells)
  return { day = words.weekday(day), date = day, am = cells and cells.AM or "", pm = cells and cells.PM or "",
    closed = cells == nil }
end

-- Every week from that of the first mark to that of the last, Monday to Friday, and the
-- weekend where there was school.
local function weeks_of(marks)
  local weeks, by_day = {}, cells_by_day(marks)
  local monday, last = marks[1] and date.monday(marks[1].date), marks[1] and marks[#marks].date
  while monday and monday <= last do
    local week, open = { week = date.short(monday):gsub("^%a+ ", ""), monday = monday, days = {} }, false
    for n = 0, 6 do
      local day = date.add(monday, n)
      open = open or by_day[day] ~= nil
      if n < 5 or by_day[day] then week.days[#week.days + 1] = day_cell(day, by_day[day]) end
    end
    if open then weeks[#weeks + 1] = week end
    monday = date.add(monday, 7)
  end
  return weeks
end

-- Figures -------------------------------------------------------------------------------

local counts = { "possible", "attended", "absent", "authorised", "unauthorised" }

-- The figures of a period as documents show them: counts, and "91.25 %".
local function figures_of(pupil, from, to)
  local e = pupil:rate(core.rule.rate { name = "extract", period = "all" }, from, to)
  local figures = { rate = e.hundredths and reasons.percent(e.hundredths) or "not available" }
  for _, name in ipairs(counts) do figures[name] = e[name] end
  return figures
end

local function year_of(pupil, from, to)
  local missing = pupil:missing(core.rule.missing { name = "extract-unmarked", period = "all" }, from, to)
  local marks, year = pupil:marks(from, to), figures_of(pupil, from, to)
  year.year = date.academic_year(from)
  year.from, year.to, year.unmarked, year.weeks = from, to, missing.count, weeks_of(marks)
  year.first, year.last = marks[1] and marks[1].date, marks[1] and marks[#marks].date
  return year
end

-- This school year to the day, and the last; one without a week is left out.
local function years_of(pupil, day)
  local _, first = date.academic_year(day)
  local _, before = date.academic_year(date.add(first, -1))
  local list = {}
  for _, each in ipairs { year_of(pupil, first, day), year_of(pupil, before, date.add(first, -1)) } do
    if #each.weeks > 0 then list[#list + 1] = each end
  end
  return list
end

-- Codes ---------------------------------------------------------------------------------

local function in_force(code, day) return (code.from or "") <= day and day <= (code.to or "9999") end

-- The meaning of a code on a day.
local function meaning_of(codes, text, day)
  for _, code in ipairs(codes) do
    if code.text == text and in_force(code, day) then return code.meaning end
  end
  return nil
end

-- Each code with its meaning, class and number, the most frequent first.
local function key_of(space, marks)
  local codes, by_text, list = space.store:codes(), {}, {}
  for _, mark in ipairs(marks) do
    if mark.code ~= "" then
      local entry = by_text[mark.code]
      if not entry then
        entry = { code = mark.code, class = mark.class, number = 0 }
        by_text[mark.code], list[#list + 1] = entry, entry
      end
      entry.number, entry.meaning = entry.number + 1, meaning_of(codes, mark.code, mark.date) or entry.meaning or ""
    end
  end
  table.sort(list, function(a, b)
    if a.number ~= b.number then return a.number > b.number end
    return a.code < b.code
  end)
  return list
end

-- Half days whose code says that nobody knows the reason yet.
local function unexplained_of(space, pupil, found, from, to)
  local declared = space:map_for_school(found.school).declared
  local codes = declared and declared.lists and declared.lists.no_reason
  local list = {}
  if not codes then return list end
  local rule = core.rule.count { name = "extract-no-reason", codes = codes, period = "all" }
  for i, each in ipairs(pupil:count(rule, from, to):sessions()) do
    list[i] = { day = date.english(each.date), half = words.half(each.session), code = each.code }
  end
  return list
end

-- Changes -------------------------------------------------------------------------------

local function changes_of(space, found, from, to)
  local list = {}
  for i, row in ipairs(registers.amendments_of(space.store, found.enrolment, from, to)) do
    list[i] = { day = date.english(row.date), half = words.half(row.session), was = words.mark(row.was),
      now = words.mark(row.now), learnt = date.english(core.system.local_text(row.at):sub(1, 10)) }
  end
  return list
end

-- All of it -------------------------------------------------------------------------------

local function reach_of(pupil)
  return pupil.school.reach
    and "to " .. reasons.session_words(pupil.school.reach, pupil.school.reach_session)
end

-- The figures of all that is shown; `late` by the codes that a plugin says are late.
local function whole_figures(space, pupil, result)
  local figures, years = figures_of(pupil, result.from, result.to), result.years
  figures.from = date.english(years[1] and years[#years].first or result.from)
  figures.to = date.english(years[1] and years[1].last or result.to)
  figures.late = 0
  for _, each in ipairs(result.key) do
    if each.class == "present" and space.late_codes[each.code] then figures.late = figures.late + each.number end
  end
  return figures
end

-- "2025-26: 97.94 % (238 of 243 half days)."
local function years_words(years)
  local parts = {}
  for i, year in ipairs(years) do
    parts[i] = ("%s: %s (%d of %d half days)"):format(year.year, year.rate, year.attended, year.possible)
  end
  return #parts > 0 and table.concat(parts, "; ") .. ". " or ""
end

local as_seen = "As seen in our imports from the school's register; %s. %s The record of who changed a mark, when "
  .. "and why is kept in the school's own system."

-- "Changed after they had come in (1): Monday 16 March 2026, morning: N, from Wednesday 18
-- March 2026 on M."
local function changes_words(changes)
  if #changes == 0 then return "No mark was changed after it had come in." end
  local parts = {}
  for i, each in ipairs(changes) do
    parts[i] = ("%s, %s: %s, from %s on %s"):format(each.day, each.half, each.was, each.learnt, each.now)
  end
  return ("Changed after they had come in (%d): %s."):format(#changes, table.concat(parts, "; "))
end

-- The extract of a pupil (of find_pupil) up to a day; nil when the pupil is in no
-- register by then.
function extract.of(space, found, day)
  space:load_plugins()
  local pupil = space:one_pupil { enrolment = found.enrolment, everyone = true, as_of = day }
  if not pupil then return nil end
  local reach = pupil.school.reach
  local to = reach and reach < day and reach or day
  local years = years_of(pupil, to)
  local from = years[#years] and years[#years].from or to
  local result = { school = found.school_name, from = from, to = to, years = years, unmarked = 0,
    key = key_of(space, pupil:marks(from, to)), changes = changes_of(space, found, from, to),
    unexplained = unexplained_of(space, pupil, found, from, to), reach = reach_of(pupil) }
  for _, year in ipairs(years) do result.unmarked = result.unmarked + year.unmarked end
  result.figures = whole_figures(space, pupil, result)
  result.as_seen = years_words(years) .. as_seen:format(
    result.reach and "registers have come in " .. result.reach or "no registers have come in",
    changes_words(result.changes))
  return result
end

return extract
