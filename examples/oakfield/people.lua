-- people.lua: the families, pupils and contacts of Oakfield.
--
-- 420 pupils in 14 forms of 30, in the year groups of 2025-26. Brothers and sisters
-- share a family: surname, parents, address and holidays. A few pupils joined or left
-- during a year. Knows nothing of attendance, except what kind of attender each pupil
-- is (habits.lua).

local dates = require "dates"
local habits = require "habits"
local names = require "names"
local random = require "random"
local upn = require "upn"

local people = {}

people.pupil_headings = { "upn", "surname", "forename", "dob", "year", "form", "sex", "sen", "fsm",
  "admission_number", "joined", "left" }

people.contact_headings = { "upn", "title", "forename", "surname", "relationship",
  "parental_responsibility", "lives_with", "no_contact", "confidential_address", "priority", "email",
  "phone", "address", "language" }

local YEARS = { "R", "1", "2", "3", "4", "5", "6" }
local FORMS = { "A", "B" }
local FORM_SIZE = 30
local RECEPTION_STARTS = 2025            -- the calendar year in which 2025-26 begins

local JOINERS = { "2024-11-06", "2025-01-14", "2025-06-03", "2025-11-11", "2026-01-12" }
local LEAVERS = { "2025-10-23", "2025-12-19", "2026-02-13" }

local FAMILY_SIZES = { { size = 1, weight = 76 }, { size = 2, weight = 21 }, { size = 3, weight = 3 } }

-- Who looks after the children, and whether the second parent lives elsewhere.
local HOUSEHOLDS = {
  { weight = 58, "Mother", "Father" },
  { weight = 18, "Mother" },
  { weight = 3, "Father" },
  { weight = 12, apart = true, "Mother", "Father" },
  { weight = 4, "Mother", "Stepfather" },
  { weight = 1, "Mother", "Mother" },
  { weight = 2, "Grandmother" },
  { weight = 1, "Foster carer" },
  { weight = 1, apart = true, barred = true, "Mother", "Father" },
}

local WOMEN = { Mother = true, Grandmother = true, ["Foster carer"] = true }
local NO_RESPONSIBILITY = { Stepfather = true, ["Foster carer"] = true, Grandmother = true }

-- Places in the school ----------------------------------------------------------

local function all_places()
  local places = {}
  for age, year in ipairs(YEARS) do
    for _, form in ipairs(FORMS) do
      for _ = 1, FORM_SIZE do
        places[#places + 1] = { cohort = RECEPTION_STARTS - age + 1, year = year, form = year .. form }
      end
    end
  end
  return places
end

local function shares_cohort(family, place)
  for _, other in ipairs(family.places) do
    if other.cohort == place.cohort then return true end
  end
  return false
end

-- Takes the last place that gives the family no second child in a year group.
local function take_place(places, family)
  for i = #places, 1, -1 do
    if not shares_cohort(family, places[i]) then return table.remove(places, i) end
  end
  return nil
end

-- Families ----------------------------------------------------------------------

local function family_surname(origin, chance)
  local surname = chance:one_of(origin.surnames)
  if origin ~= names.origins[1] or not chance:chance(0.07) then return surname end
  local second = chance:one_of(origin.surnames)
  return second == surname and surname or surname .. "-" .. second
end

local function address(chance)
  return chance:whole(1, 98) .. " " .. chance:one_of(names.streets) .. ", " .. names.place
end

local function new_family(number, seed)
  local chance = random.stream(seed, "family " .. number)
  local origin = chance:weighted(names.origins)
  return {
    number = number, chance = chance, origin = origin, places = {}, forenames = {},
    surname = family_surname(origin, chance),
    household = chance:weighted(HOUSEHOLDS),
    address = address(chance),
    keeps_festival = origin.festival and chance:chance(0.8) and origin.festival or nil,
  }
end

local function place_families(seed)
  local chance = random.stream(seed, "places")
  local places, families = chance:shuffle(all_places()), {}
  while #places > 0 do
    local family = new_family(#families + 1, seed)
    for _ = 1, chance:weighted(FAMILY_SIZES).size do
      family.places[#family.places + 1] = take_place(places, family)
    end
    families[#families + 1] = family
  end
  return families
end

-- Pupils ------------------------------------------------------------------------

-- Born in the school year (1 September to 31 August) that makes five by its end.
local function birthday(cohort, chance)
  local first = dates.number((cohort - 5) .. "-09-01")
  local last = dates.number((cohort - 4) .. "-08-31")
  return dates.iso(chance:whole(first, last))
end

-- The Tuesday after the first Monday of September.
local function first_day(cohort)
  local day = dates.number(cohort .. "-09-01")
  while dates.weekday(day) ~= 1 do day = day + 1 end
  return dates.iso(day + 1)
end

-- A forename that no other child with that surname has; from the commonest ones when those
-- of the family's origin are used up.
local function forename(family, sex, taken)
  local kind = sex == "F" and "girls" or "boys"
  for try = 1, 200 do
    local origin = try <= 20 and family.origin or names.origins[1]
    local name = family.chance:one_of(origin[kind])
    local full = name .. " " .. family.surname
    if not taken[full] then
      taken[full] = true
      return name
    end
  end
  error("no forename is left for " .. family.surname)
end

local function special_needs(chance)
  local draw = chance:fraction()
  return draw < 0.05 and "E" or draw < 0.19 and "K" or "N"
end

local function new_pupil(family, place, taken)
  local chance = family.chance
  local sex = chance:chance(0.49) and "F" or "M"
  return {
    family = family, cohort = place.cohort, year = place.year, form = place.form,
    surname = family.surname, forename = forename(family, sex, taken), sex = sex,
    dob = birthday(place.cohort, chance), sen = special_needs(chance),
    fsm = family.fsm and "1" or "0",
    joined = first_day(place.cohort),
  }
end

local function make_pupils(families)
  local pupils, taken = {}, {}
  for _, family in ipairs(families) do
    family.fsm = family.chance:chance(0.24)
    for _, place in ipairs(family.places) do
      pupils[#pupils + 1] = new_pupil(family, place, taken)
    end
  end
  return pupils
end

-- Old enough to have been here in both years, and one of a family of one.
local function can_move(pupil)
  return pupil.cohort < RECEPTION_STARTS - 1 and #pupil.family.places == 1 and not pupil.moved
end

local function movers(pupils, on, heading, chance)
  for _, date in ipairs(on) do
    local pupil
    repeat pupil = chance:one_of(pupils) until can_move(pupil)
    pupil.moved, pupil[heading] = true, date
  end
end

-- Those who joined during a year bring the number that their first school gave.
local function number_pupils(pupils)
  local serial, elsewhere = {}, 0
  for i, pupil in ipairs(pupils) do
    local cohort = pupil.cohort
    pupil.admission_number = string.format("%05d", 2100 + i)
    if pupil.joined == first_day(cohort) then
      serial[cohort] = (serial[cohort] or 0) + 1
      pupil.upn = upn.make(881, 2345, cohort, serial[cohort])
    else
      elsewhere = elsewhere + 1
      pupil.upn = upn.make(300 + 7 * elsewhere, 2000 + 31 * elsewhere, cohort, 11 * elsewhere)
    end
  end
end

-- The order of the register: by year, form and name.
local function sort_pupils(pupils)
  local function key(pupil)
    local year = pupil.year == "R" and "0" or pupil.year
    return table.concat({ year, pupil.form, pupil.surname, pupil.forename, pupil.upn }, "\1")
  end
  table.sort(pupils, function(a, b) return key(a) < key(b) end)
end

-- Contacts ----------------------------------------------------------------------

local function title(relationship, chance)
  if not WOMEN[relationship] then return chance:chance(0.04) and "Dr" or "Mr" end
  return chance:chance(0.05) and "Dr" or chance:one_of { "Mrs", "Mrs", "Ms", "Miss" }
end

local function adult_surname(family, relationship, chance)
  local same = relationship == "Father" or (relationship == "Mother" and chance:chance(0.75))
  return same and family.surname or chance:one_of(family.origin.surnames)
end

local function email(forename_, surname, used)
  local stem = names.ascii(forename_) .. "." .. names.ascii(surname)
  used[stem] = (used[stem] or 0) + 1
  return stem .. (used[stem] > 1 and used[stem] or "") .. "@example.org"
end

local function new_adult(family, i, directory)
  local chance, household = family.chance, family.household
  local relationship = household[i]
  local first = chance:one_of(WOMEN[relationship] and family.origin.women or family.origin.men)
  local last = adult_surname(family, relationship, chance)
  local elsewhere = household.apart and i == 2
  directory.phones = directory.phones + 1
  return {
    title = title(relationship, chance), forename = first, surname = last,
    relationship = relationship, priority = tostring(i),
    parental_responsibility = NO_RESPONSIBILITY[relationship] and "0" or "1",
    lives_with = elsewhere and "0" or "1",
    no_contact = household.barred and i == 2 and "1" or "0",
    confidential_address = household.barred and i == 1 and "1" or "0",
    email = chance:chance(0.93) and email(first, last, directory.emails) or "",
    phone = string.format("07700 900%03d", directory.phones % 1000),
    address = elsewhere and address(chance) or family.address,
    language = family.origin.language,
  }
end

local function make_adults(families)
  local directory = { phones = 0, emails = {} }
  for _, family in ipairs(families) do
    family.adults = {}
    for i = 1, #family.household do family.adults[i] = new_adult(family, i, directory) end
  end
end

local function contacts_of(pupils)
  local contacts = {}
  for _, pupil in ipairs(pupils) do
    for _, adult in ipairs(pupil.family.adults) do
      contacts[#contacts + 1] = setmetatable({ upn = pupil.upn }, { __index = adult })
    end
  end
  return contacts
end

-- { pupils = { ... in register order }, contacts = { ... } }
function people.make(seed)
  local families = place_families(seed)
  local pupils = make_pupils(families)
  local chance = random.stream(seed, "movers")
  movers(pupils, JOINERS, "joined", chance)
  movers(pupils, LEAVERS, "left", chance)
  number_pupils(pupils)
  sort_pupils(pupils)
  make_adults(families)
  habits.deal(pupils, random.stream(seed, "habits"))
  return { pupils = pupils, contacts = contacts_of(pupils) }
end

return people
