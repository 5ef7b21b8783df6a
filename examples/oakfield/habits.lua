-- habits.lua: what kind of attender each pupil is.
--
-- National figures are made by a few pupils with much absence and many with little, so
-- kinds are dealt out in fixed numbers, not drawn one by one: schools made from other
-- seeds are much alike. Pupils with special needs or free meals are nearly twice
-- as likely to be among those who struggle, as they are in England.
--
--   illness      how often ill, as a multiple of the rate in away.lua
--   unexplained  sessions in a hundred away for no accepted reason (O)
--   very_late    mornings in a hundred after the register closed (U)
--   away         days in a hundred lost in long spells (school avoidance)

local habits = {}

local KINDS = {
  { name = "avoiding", count = 3, illness = 1.0, unexplained = 0.0, very_late = 2.0, away = 63 },
  { name = "unsettled", count = 6, illness = 2.6, unexplained = 8.0, very_late = 7.0, away = 0 },
  { name = "patchy", count = 34, illness = 3.4, unexplained = 2.2, very_late = 1.5, away = 0 },
  { name = "frail", count = 54, illness = 4.9, unexplained = 0.6, very_late = 0.1, away = 0 },
}

-- Most pupils. How often they are ill is drawn for each: `steady`.
local STEADY = { name = "steady", unexplained = 0.38, very_late = 0.10, away = 0 }

local ADDED_RISK = 0.18

-- Pupils who were here in both years come first, those with more risk before others.
local function by_risk(pupils, chance)
  local ranked = {}
  for i, pupil in ipairs(pupils) do
    local risk = chance:fraction()
    if pupil.sen ~= "N" then risk = risk + ADDED_RISK end
    if pupil.fsm == "1" then risk = risk + ADDED_RISK end
    if pupil.moved then risk = -1 end
    ranked[i] = { pupil = pupil, risk = risk, place = i }
  end
  table.sort(ranked, function(a, b)
    if a.risk ~= b.risk then return a.risk > b.risk end
    return a.place < b.place
  end)
  return ranked
end

local function steady(chance)
  local habit = { illness = 0.2 + 0.75 * chance:fraction() }
  return setmetatable(habit, { __index = STEADY })
end

local function latecomer(chance)
  return chance:chance(0.14) and 7.5 or 1.5
end

-- The children at risk, in no order; Reception last, as it has had one year only.
local function struggling(ranked, count, chance)
  local older, reception = {}, {}
  for i = 1, count do
    local pupil = ranked[i].pupil
    local list = pupil.year == "R" and reception or older
    list[#list + 1] = pupil
  end
  chance:shuffle(older)
  return table.move(reception, 1, #reception, #older + 1, older)
end

-- Gives each pupil a `habit`, and `late`: mornings in a hundred late.
function habits.deal(pupils, chance)
  local total = 0
  for _, kind in ipairs(KINDS) do total = total + kind.count end
  local group, next_place = struggling(by_risk(pupils, chance), total, chance), 1
  for _, kind in ipairs(KINDS) do
    for _ = 1, kind.count do
      group[next_place].habit = kind
      next_place = next_place + 1
    end
  end
  for _, pupil in ipairs(pupils) do
    pupil.habit = pupil.habit or steady(chance)
    pupil.late = latecomer(chance)
  end
end

return habits
