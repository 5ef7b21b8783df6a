-- notices: what came of each parent's latest Notice to Improve, and the half days behind one
-- that did not work. A final opportunity that was given while the threshold was met is not
-- undone by weeks that go by: its window is that of the day of issue, and its own period.
--
--   notices.latest(case)              list of { entry, outcome, parent }: the latest of each
--                                     parent, the oldest first; entry or outcome may be nil
--   notices.not_improved(case)        those that ended without enough improvement
--   notices.issued_on(latest)         the day on the notice | nil
--   notices.evidence(pupil, latest, rules_of)
--                                     what was counted from its window to the end of its
--                                     period; nil unless each of `rules_of(day)` (counts, over
--                                     so many `weeks`) was met on the day of issue. The last one's.

local notices = {}

local step_name = "notice-to-improve"

local function parent_key(entry)
  local id, name = (entry.contacts or {}).parent, (entry.fields or {}).parent
  return id or name and name:lower()
end

-- Of what has an outcome the kind does not matter: only what was done has one.
local function is_done(entry)
  return (entry.kind == "recorded" or entry.outcome ~= nil) and not entry.attempt
end

-- An outcome belongs to the notice that it names, else to the parent's; one of no parent
-- (from before Waymark) to all that run. Without any notice it stands for itself.
local function take_outcome(outcome, latest, key_of)
  local key = outcome.of and key_of[outcome.of] or parent_key(outcome)
  if not key then
    for _, each in pairs(latest) do each.outcome = each.outcome or outcome end
    if not next(latest) then latest[step_name] = { outcome = outcome } end
  elseif latest[key] and not latest[key].outcome then
    latest[key].outcome = outcome
  else
    latest[key] = { outcome = outcome, parent = (outcome.fields or {}).parent }
  end
end

local function is_older(a, b)
  a, b = a.outcome or a.entry, b.outcome or b.entry
  if a.on ~= b.on then return a.on < b.on end
  return (a.id or 0) < (b.id or 0)
end

function notices.latest(case)
  local latest, key_of, list = {}, {}, {}
  for _, entry in ipairs(case:entries(step_name)) do
    if is_done(entry) and entry.outcome then
      take_outcome(entry, latest, key_of)
    elseif is_done(entry) then
      local key = parent_key(entry) or step_name
      latest[key] = { entry = entry, parent = (entry.fields or {}).parent }
      if entry.id then key_of[entry.id] = key end
    end
  end
  for _, each in pairs(latest) do list[#list + 1] = each end
  table.sort(list, is_older)
  return list
end

function notices.not_improved(case)
  local found = {}
  for _, each in ipairs(notices.latest(case)) do
    if each.outcome and each.outcome.outcome == "not-improved" then found[#found + 1] = each end
  end
  return found
end

function notices.issued_on(latest)
  local entry = latest.entry
  return entry and ((entry.fields or {}).issued_on or entry.on)
end

-- The Monday of the first of so many school weeks, the last of which is that of a day.
local function first_monday(calendar, day, weeks)
  local monday, first, left = date.monday(day), calendar:first(), weeks
  while first and monday > first do
    if calendar:week_of(monday) then left = left - 1 end
    if left == 0 then break end
    monday = date.add(monday, -7)
  end
  return monday
end

function notices.evidence(pupil, latest, rules_of)
  local issued = notices.issued_on(latest)
  if not issued then return nil end
  local rules = rules_of(issued)
  local from, evidence = first_monday(pupil.calendar, issued, rules.weeks), nil
  local to = (latest.entry.fields or {}).period_to or latest.outcome and latest.outcome.on or issued
  if to > pupil.as_of then to = pupil.as_of end
  for _, rule in ipairs(rules) do
    if not pupil:count(rule, from, issued).met then return nil end
    evidence = pupil:count(rule, from, to < issued and issued or to)
  end
  return evidence
end

return notices
