-- secondary.lua: a secondary school of 1,100 at national rates (England 2025/26), for
-- looking at what a list is like over a term. Only as detailed as that needs.
--
-- National figures are made by a few pupils with much absence and many with little: 4 in a
-- hundred are absent most of the time, 21 patchy, the rest steady. Absence comes in
-- spells; of those that begin on a Thursday or Friday three in ten have no reason yet
-- (N) when the week is exported, and have one in the next export. In all: absence about
-- 8.7 % of sessions, unauthorised 3.4 %, persistently absent 24 % of pupils.
--
--   local school = secondary.new { first = "2025-09-01", last = "2025-12-19", closed = fn }
--   school.pupils                        pupils.csv
--   school.weeks[i] = { monday, friday, marks = marks.csv of that week, with last week's
--                       reasons where they came late }

local core = require "waymark.core"
local chance = require "tests.support.chance"
local upn = require "tests.support.upn"

local secondary = {}

-- `spell`: spells begun in a hundred days present; `none`: of those without an accepted
-- reason; `long`: days of a spell at most; `late`, `very_late`: in a hundred mornings
local KINDS = {
  { share = 4, spell = 38, none = 48, long = 16, late = 3, very_late = 1.0 },
  { share = 21, spell = 13, none = 44, long = 3, late = 6, very_late = 1.3 },
  { share = 75, spell = 2.0, none = 20, long = 3, late = 5.5, very_late = 0.3 },
}

local SURNAMES = { "Adams", "Begum", "Clarke", "Davies", "Evans", "Foster", "Green", "Hussain", "Jones", "Khan",
  "Lewis", "Moss", "Nowak", "O'Shea", "Patel", "Reed", "Smith-Jones", "Taylor", "Wood", "Young" }
local FORENAMES = { "Aisha", "Ben", "Chloe", "Dylan", "Ella", "Finn", "Grace", "Harry", "Isla", "Jack", "Kai",
  "Lily", "Mia", "Noah", "Olivia", "Poppy", "Riley", "Sophie", "Tyler", "Zoe" }

-- Dealt out in fixed numbers, so that schools made from other seeds are much alike.
local function kind_of(number)
  local draw = number * 617 % 1000 / 10
  for _, kind in ipairs(KINDS) do
    if draw <= kind.share then return kind end
    draw = draw - kind.share
  end
  return KINDS[#KINDS]
end

local function new_pupil(number, dice)
  local year = 7 + (number - 1) % 5
  local digits = ("881400025%03d"):format(number)
  if number > 999 then digits = ("881400024%03d"):format(number - 999) end
  return { upn = upn.letter(digits) .. digits, surname = dice:one_of(SURNAMES), forename = dice:one_of(FORENAMES),
    dob = ("%d-0%d-1%d"):format(2025 - year - 5, dice:whole(1, 8), dice:whole(0, 9)), year = year,
    form = year .. ("ABCDEFGH"):sub(number % 8 + 1, number % 8 + 1), kind = kind_of(number), away = 0, pending = {} }
end

-- Marks -----------------------------------------------------------------------------

local function begin_spell(pupil, weekday, dice)
  local kind = pupil.kind
  pupil.away = dice:in_hundred(55) and 1 or dice:whole(1, kind.long)
  pupil.code = dice:in_hundred(kind.none) and (dice:in_hundred(10) and "G" or "O") or "I"
  pupil.unknown = weekday >= 4 and dice:in_hundred(30)
  pupil.half = pupil.away == 1 and dice:in_hundred(30) and dice:whole(1, 2) or nil
end

local function present_codes(pupil, dice)
  local am = dice:in_hundred(pupil.kind.late) and "L" or dice:in_hundred(pupil.kind.very_late) and "U" or "/"
  local pm = "\\"
  if dice:in_hundred(0.8) then
    if dice:in_hundred(50) then am = "M" else pm = "M" end
  end
  return am, pm
end

-- The codes of a day as they will be known in the end.
local function codes_of_day(pupil, weekday, dice)
  local likely = pupil.kind.spell * (weekday == 5 and 1.2 or 0.95)
  if pupil.away == 0 and dice:in_hundred(likely) then begin_spell(pupil, weekday, dice) end
  local am, pm = present_codes(pupil, dice)
  if pupil.away == 0 then return am, pm, false end
  pupil.away = pupil.away - 1
  if pupil.half == 1 then return pupil.code, pm, pupil.unknown end
  if pupil.half == 2 then return am, pupil.code, pupil.unknown end
  return pupil.code, pupil.code, pupil.unknown
end

local function absent(code) return code == "I" or code == "O" or code == "G" end

local function add(lines, pupil, date, half, code)
  lines[#lines + 1] = ("%s,%s,%s,%s"):format(pupil.upn, date, half, code)
end

local function add_half(lines, pupil, date, half, code, unknown)
  local not_yet = unknown and absent(code)
  add(lines, pupil, date, half, not_yet and "N" or code)
  if not_yet then pupil.pending[#pupil.pending + 1] = { date, half, code } end
end

local function flush(lines, pupil)
  pupil.unknown = false
  for _, each in ipairs(pupil.pending) do add(lines, pupil, each[1], each[2], each[3]) end
  pupil.pending = {}
end

local function week_of(monday, pupils, closed, dice)
  local lines = { "upn,date,session,code" }
  local function is_open(weekday) return not closed(core.date.add(monday, weekday - 1)) end
  if not (is_open(1) or is_open(2) or is_open(3) or is_open(4) or is_open(5)) then return nil end
  for _, pupil in ipairs(pupils) do flush(lines, pupil) end
  for weekday = 1, 5 do
    local date = core.date.add(monday, weekday - 1)
    if is_open(weekday) then
      for _, pupil in ipairs(pupils) do
        local am, pm, unknown = codes_of_day(pupil, weekday, dice)
        add_half(lines, pupil, date, "AM", am, unknown)
        add_half(lines, pupil, date, "PM", pm, unknown)
      end
    end
  end
  return { monday = monday, friday = core.date.add(monday, 4), marks = table.concat(lines, "\n") .. "\n" }
end

-- The school ------------------------------------------------------------------------

local function pupils_csv(pupils)
  local lines = { "upn,surname,forename,dob,year,form" }
  for i, p in ipairs(pupils) do
    lines[i + 1] = ("%s,%s,%s,%s,%d,%s"):format(p.upn, p.surname, p.forename, p.dob, p.year, p.form)
  end
  return table.concat(lines, "\n") .. "\n"
end

function secondary.new(options)
  local dice, pupils, weeks = chance.new(options.seed or 1), {}, {}
  for number = 1, options.pupils or 1100 do pupils[number] = new_pupil(number, dice) end
  local monday = core.date.monday(options.first)
  while monday <= options.last do
    weeks[#weeks + 1] = week_of(monday, pupils, options.closed, dice)
    monday = core.date.add(monday, 7)
  end
  return { pupils = pupils_csv(pupils), weeks = weeks }
end

return secondary
