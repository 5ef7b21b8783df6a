-- workspace/pupils: pupils of a workspace as people ask for them. Functions of a workspace
-- (space:filter, space:pupils …).

local bounds = require "waymark.base.bounds"
local core = require "waymark.core"
local problem = require "waymark.base.problem"
local check = core.sdk "check"

local pupils = {}

local filter_names = { "school", "as_of", "diary", "known_at", "year", "form", "upn", "enrolment", "everyone" }

local named_most = 12 -- year groups or forms in a message

-- What is said where nobody is in a year group or a form: which there are; of more than a few those
-- with its number, else the nearest.
local function nobody_in(self, what, text, school)
  local names = require("waymark.store.pupils").group_names(self.store, what, school)
  local where = core.fold(text):find("^" .. what .. " ") and text or what .. " " .. text -- "Year 4" says it
  if #names == 0 then problem.raise("nobody is in %s; no pupil has a %s", where, what) end
  if #names > named_most then
    local alike, number = {}, text:match "%d+"
    for _, name in ipairs(names) do
      if number and name:match "%d+" == number then alike[#alike + 1] = name end
    end
    if #alike == 0 then alike[1] = core.nearest(text, names) end
    if #alike > 0 then names = alike end
  end
  problem.raise("nobody is in %s; there %s %s%s", where, #names == 1 and "is" or "are",
    table.concat(names, ", ", 1, math.min(#names, named_most)), #names > named_most and ", …" or "")
end

local function check_groups(self, school, year, form)
  if not year and not form then return end -- most commands ask for nobody: what looks is read here
  local stored = require "waymark.store.pupils"
  if stored.any_in(self.store, school, year, form) then return end
  if year and not stored.any_in(self.store, school, year) then nobody_in(self, "year", year, school) end
  if form and not stored.any_in(self.store, school, nil, form) then nobody_in(self, "form", form, school) end
  problem.raise("nobody in form %s is in year %s; leave one of them out", form, year)
end

-- What was known at a time that was; of a day, today too, at its end.
local function known_time(self, text)
  local day = core.date.parse(text)
  local time = problem.check(core.system.time(day and day .. "T23:59:59" or text))
  if day and day > self:today() or not day and time > self.now then
    problem.raise("known at %s: that is still to come (today is %s); give a time that was", text, self:today())
  end
  return time
end

-- A filter that people write, checked: the store's own form of it.
function pupils.filter(self, given)
  given = given or {}
  local filter = {}
  for name, value in next, given do
    local known = false
    for _, each in ipairs(filter_names) do known = known or each == name end
    if not known then
      problem.raise('pupils { … } has no field "%s"%s', tostring(name),
        check.did_you_mean(tostring(name), filter_names))
    end
    filter[name] = value
  end
  if type(filter.as_of) == "string" then
    filter.as_of = problem.check(core.date.parse(filter.as_of))
    local fault = bounds.day_fault(filter.as_of)
    if fault then problem.raise("as_of: %s", fault) end
  end
  -- Registers lag behind what people did: unless a day is asked for, entries are
  -- looked at up to today.
  filter.diary = filter.diary or filter.as_of or self:today()
  filter.as_of = filter.as_of or self:as_of()
  filter.year, filter.form = filter.year and tostring(filter.year), filter.form and tostring(filter.form)
  if type(filter.known_at) == "string" then filter.known_at = known_time(self, filter.known_at) end
  if type(filter.school) == "string" then filter.school = self:school_id(filter.school) end
  check_groups(self, filter.school, filter.year, filter.form)
  return filter
end

local every_field = { "registers", "pupil.upn", "pupil.name", "pupil.groups", "pupil.dob", "pupil.sex",
  "sensitive", "contacts", "cases" }

-- Every pupil of a filter of the store, with the fields that it names. The fourth value ends
-- the store's snapshot when the loop is left early.
function pupils.each_pupil(self, filter)
  local next_block, _, _, closer = problem.check(self.store:batches(filter))
  local codes = self:codes()
  local batch, record = nil, 0
  return function()
    record = record + 1
    while not batch or record > #batch do
      local bytes = next_block()
      if not bytes then return nil end
      batch, record = problem.check(core.batch(bytes, codes)), 1
    end
    return batch[record]
  end, nil, nil, closer
end

-- Every pupil that the filter lets through: for p in workspace:pupils { year = 9 } do
function pupils.each(self, given)
  local filter = self:filter(given)
  filter.fields = every_field
  return self:each_pupil(filter)
end

-- The only pupil that a filter lets through (an enrolment, say), or nil.
function pupils.one_pupil(self, given)
  local next_pupil, _, _, closer = self:pupils(given)
  local _ <close> = closer -- the store's snapshot ends with the look
  return (next_pupil())
end

-- One pupil by what a person types; of several numbers on a list, each.
function pupils.find_pupil(self, who, as_of)
  return require("waymark.workspace.find").pupil(self.store, who, as_of, { login = self.login(), now = self.now,
    school = self.asked_school })
end
function pupils.find_pupils(self, who)
  return require("waymark.workspace.find").pupils(self.store, who, { login = self.login(), now = self.now,
    school = self.asked_school })
end

pupils.every_field = every_field

return pupils
