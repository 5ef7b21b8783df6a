-- document/figures: what the registers say, as a document shows it: half days in English
-- words, with the meaning of a mark and never its code. Measured by the host.
--
--   of(space, pupil, map)          figures of the academic year to date, or nil
--   absences(space, pupil)         the unauthorised half days of the year, a day in one line
--   unexplained(space, pupil, map) those without a reason yet
--   threshold(space, map, evidence, pupil)

local core = require "waymark.core"
local evaluate = require "waymark.ask.evaluate"
local words = require "waymark.base.words"

core.sdk "evidence" -- the words join the methods of evidence

local figures = {}

local date = core.date

-- What the plugins say today; what the workspace keeps is what they said when it began.
local function meanings(space)
  if not space.code_meanings then
    space.code_meanings = {}
    for _, list in ipairs { space.store:codes(), space.declared_codes or {} } do
      for _, code in ipairs(list) do space.code_meanings[code.text] = code.meaning end
    end
  end
  return space.code_meanings
end

local function half_day(space, day, half, code)
  local meaning = meanings(space)[code] or ""
  return { day = words.day(day), half = words.half(half), words = words.half_day(day, half),
    meaning = (meaning:gsub("^%u%l", string.lower)) }
end

-- Both halves of a day in one line, where the same is said of them.
local function by_day(list)
  local days = {}
  for _, each in ipairs(list) do
    local last = days[#days]
    if last and last.day == each.day and last.half == "morning" and last.meaning == each.meaning then
      last.half, last.words = "morning and afternoon", last.day .. ", morning and afternoon"
    else
      days[#days + 1] = each
    end
  end
  return days
end

local function year_marks(pupil)
  local _, from = date.academic_year(pupil.as_of)
  return pupil:marks(from, pupil.as_of)
end

-- Who came late, before the register closed: by the codes that a plugin says are late.
local function count_late(space, pupil)
  local n = 0
  for _, mark in ipairs(year_marks(pupil)) do
    if mark.class == "present" and space.late_codes[mark.code] then n = n + 1 end
  end
  return n
end

function figures.of(space, pupil)
  local e = pupil:rate()
  local _, from = date.academic_year(pupil.as_of)
  local rate = e.hundredths and ("%d.%02d %%"):format(e.hundredths // 100, e.hundredths % 100)
  return { from = date.english(e.from or from), to = date.english(e.to or pupil.as_of), possible = e.possible,
    attended = e.attended, absent = e.absent, authorised = e.authorised, unauthorised = e.unauthorised,
    late = count_late(space, pupil), rate = rate or "not available" }
end

local function marks_that(space, pupil, wanted)
  local list = {}
  for _, mark in ipairs(year_marks(pupil)) do
    if wanted(mark) then list[#list + 1] = half_day(space, mark.date, mark.session, mark.code) end
  end
  return list
end

function figures.absences(space, pupil)
  return by_day(marks_that(space, pupil, function(mark) return mark.class == "unauthorised" end))
end

-- By the codes that the road map's lists say mean "no reason yet".
function figures.unexplained(space, pupil, map)
  local codes = (map.declared.lists or {}).no_reason
  if not codes then return {} end
  local rule = core.rule.count { name = "no-reason", codes = codes, at_least = 1 }
  local _, from = date.academic_year(pupil.as_of)
  local list = {}
  for i, each in ipairs(pupil:count(rule, from, pupil.as_of):sessions()) do
    list[i] = half_day(space, each.date, each.session, each.code)
  end
  return list
end

-- The threshold -------------------------------------------------------------------------------

local function first_rolling(list)
  for _, each in ipairs(list or {}) do
    if each.kind == "rolling" then return each end
  end
end

-- The first rolling rule of the school's road map, measured.
local function measured(map, pupil)
  for _, declared in ipairs(map.all) do
    local rule = first_rolling(declared.rules)
    if rule and pupil then return evaluate.evidence(pupil, declared, { rule = rule.name }) end
  end
end

local function weeks_of(map, name)
  for _, declared in ipairs(map.all) do
    local rule = declared.rules_by_name[name]
    if rule then return rule.spec.weeks end
  end
end

-- `evidence`: what an entry or a finding rests on; its first rolling rule is shown.
function figures.threshold(space, map, evidence, pupil)
  local e = first_rolling(evidence) or measured(map, pupil)
  if not e then return { sessions = {} } end
  local halves, sessions = {}, {}
  for i, each in ipairs(e.sessions or {}) do halves[i] = half_day(space, each[1], each[2], each[3]) end
  for i, each in ipairs(by_day(halves)) do sessions[i] = { words = each.words, meaning = each.meaning } end
  return { met = e.met, count = e.count, of = e.of, weeks = weeks_of(map, e.rule), words = e.words,
    sessions = sessions }
end

return figures
