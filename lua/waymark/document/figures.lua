-- document/figures: what the registers say, as a document shows it: half days in English
-- words, with the meaning of a mark and never its code. Measured by the host.
--
--   of(space, pupil)               figures of the academic year to date
--   class_away(space, found, pupil)   how many days the others of the form were away, on average, in
--                                  words; nil where they are too few
--   absences(space, pupil)         the unauthorised half days of the year, a day in one line
--   unexplained(space, pupil, map) those without a reason yet
--   threshold(space, map, evidence, pupil)

local core = require "waymark.core"
local evaluate = require "waymark.ask.evaluate"
local words = require "waymark.base.words"

core.sdk "evidence" -- the words join the methods of evidence

local figures = {}

local date = core.date

-- Its meaning is what the plugins say today; what the workspace keeps is what they said when it
-- began.
local function half_day(space, day, half, code)
  if not space.code_meanings then
    space.code_meanings = {}
    for _, list in ipairs { space.store:codes(), space.declared_codes or {} } do
      for _, each in ipairs(list) do space.code_meanings[each.text] = each.meaning end
    end
  end
  local meaning = space.code_meanings[code] or ""
  local name = date.english(day)
  return { day = name, half = words.half(half), words = ("%s, %s"):format(name, words.half(half)),
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

function figures.of(space, pupil)
  local e, late = pupil:rate(), 0
  for _, mark in ipairs(year_marks(pupil)) do -- who came before the register closed
    if mark.class == "present" and space.late_codes[mark.code] then late = late + 1 end
  end
  local _, from = date.academic_year(pupil.as_of)
  local rate = e.hundredths and ("%d.%02d %%"):format(e.hundredths // 100, e.hundredths % 100)
  return { from = date.english(e.from or from), to = date.english(e.to or pupil.as_of), possible = e.possible,
    attended = e.attended, absent = e.absent, authorised = e.authorised, unauthorised = e.unauthorised,
    late = late, rate = rate or "not available", days = words.days(e.possible), days_there = words.days(e.attended),
    days_away = words.days(e.absent) }
end

local fewest_others = 5 -- among fewer, an average would tell of somebody

-- `found`: the row of find_pupil; `pupil`: of the registers.
function figures.class_away(space, found, pupil)
  if not found.form then return nil end
  local others, absent = 0, 0
  for other in space:pupils { school = found.school, form = found.form, as_of = pupil.as_of } do
    local e = other:rate()
    if other.id ~= pupil.id and e.possible > 0 then others, absent = others + 1, absent + e.absent end
  end
  return others >= fewest_others and words.days((2 * absent + others) // (2 * others)) or nil
end

function figures.absences(space, pupil)
  local list = {}
  for _, mark in ipairs(year_marks(pupil)) do
    if mark.class == "unauthorised" then list[#list + 1] = half_day(space, mark.date, mark.session, mark.code) end
  end
  return by_day(list)
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

-- `evidence`: what an entry or a finding rests on; its first rolling rule is shown.
function figures.threshold(space, map, evidence, pupil)
  local e = first_rolling(evidence) or measured(map, pupil)
  if not e then return { sessions = {} } end
  local halves, sessions, weeks = {}, {}, nil
  for i, each in ipairs(e.sessions or {}) do halves[i] = half_day(space, each[1], each[2], each[3]) end
  for i, each in ipairs(by_day(halves)) do sessions[i] = { words = each.words, meaning = each.meaning } end
  for _, declared in ipairs(map.all) do
    local rule = declared.rules_by_name[e.rule]
    weeks = weeks or rule and rule.spec.weeks
  end
  return { met = e.met, count = e.count, of = e.of, weeks = weeks, words = e.words, sessions = sessions }
end

return figures
