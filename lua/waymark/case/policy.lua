-- case/policy: the attendance policy of a school, as it stands on a day: which version, when
-- it was published and families were told, when it is to be reviewed, and whose families
-- joined since and were not told yet.
--
--   policy.state(space, school, as_of) -> nil when the road map has no step of the school, else
--     { step, version, published, told, reviewed, review_by, review_due,
--       joiners = { { pupil, enrolment, upn, name, year, form, joined }, … } }
--
-- `school` is a key. The policy is the first step of the road map whose scope is the
-- school: what its records of the roles version, published, told, reviewed and review-by say, each
-- under its role.
-- What is not recorded is nil.
--
-- 1. A new version (another version, or another day of publishing) begins anew: whom the
--    former one was told counts no more. An outcome that tells that families were told, without
--    a day, means the day of the entry.
-- 2. It is looked at again on the day that was recorded (--review-on, or the role review-by),
--    else when the step's `period` is over, from the day of publishing or of the last review.
--    Without a period it is never due.
-- 3. A joiner began at the school after families were told, is there on the day, and has no
--    entry of the step (waymark record WHO STEP) since it was published.

local cases = require "waymark.case.entries"
local core = require "waymark.core"
local school_cases = require "waymark.case.school"
local pupils = require "waymark.store.pupils"
local roles = require "waymark.plugin.roles"

local policy = {}

-- Reading what was recorded -----------------------------------------------------------

-- A later entry is over the one before it. A new version, or another day of publishing, begins
-- anew.
local function take(state, step, entry)
  local recorded = {}
  for _, role in ipairs { "version", "published", "told" } do recorded[role] = roles.value(step, entry, role) end
  local is_new = recorded.version ~= nil and recorded.version ~= state.version
    or recorded.published ~= nil and recorded.published ~= state.published
  if is_new then
    state.told, state.reviewed, state.review_on = nil, nil, nil
    if recorded.version then state.published = nil end
  end
  local tells = step.tells[entry.outcome or ""]
  for name, value in next, recorded do state[name] = value end
  if tells == "told" and not recorded.told then state.told = entry.on end
  local reviewed = roles.value(step, entry, "reviewed") or tells == "reviewed" and entry.on
  if reviewed then state.reviewed, state.review_on = reviewed, nil end
  state.review_on = entry.review_on or roles.value(step, entry, "review-by") or state.review_on
end

local function later(a, b)
  if a and b then return a > b and a or b end
  return a or b
end

local function calendar_of(space, school)
  local pupil = space:one_pupil { school = school, everyone = true }
  return pupil and pupil.calendar
end

local function review_by(space, school, step, state)
  local from = later(state.published, state.reviewed)
  if state.review_on then return state.review_on end
  if not from or not step.period then return nil end
  local by_days = step.period.unit == "calendar_days" and not step.period.or_sooner
  local calendar = not by_days and calendar_of(space, school) or core.calendar {}
  return (calendar:last_day(from, step.period))
end

-- Who joined since ---------------------------------------------------------------------

-- Whether the family of a pupil (row number) was told by itself.
local function is_told(space, pupil, school, step, since, as_of)
  for _, entry in ipairs(cases.entries(space, { pupil = pupil, kind = "entry.recorded", as_of = as_of })) do
    if entry.step == step.name and entry.school == school and not entry.attempt and entry.on >= since then
      return true
    end
  end
  return false
end

local function joiners(space, school, step, state, as_of)
  local list = core.array {}
  if not state.told then return list end
  for _, row in ipairs(pupils.joined(space.store, school, state.told, as_of)) do
    if not is_told(space, row.pupil, school, step, state.published or state.told, as_of) then list[#list + 1] = row end
  end
  return list
end

-- --------------------------------------------------------------------------------------

function policy.state(space, school, as_of)
  space:load_plugins()
  local step = school_cases.steps(space, school)[1]
  if not step then return nil end
  local state = { step = step.name }
  for _, entry in ipairs(school_cases.entries(space, school, as_of, step.name)) do take(state, step, entry) end
  state.review_by = review_by(space, school, step, state)
  state.review_due = state.review_by ~= nil and as_of >= state.review_by
  state.review_on = nil
  state.joiners = joiners(space, school, step, state, as_of)
  return state
end

return policy
