-- notices: the Notices to Improve that did not work, of each parent the latest, and the half days
-- behind one. A final opportunity that was given while the threshold was met is not
-- undone by weeks that go by: its window is that of the day of issue, and its own period.
--
--   notices.not_improved(case)        those that ended without enough improvement: runs of
--                                     case:runs, the oldest first
--   notices.issued_on(run)            the day on the notice | nil
--   notices.evidence(pupil, run, rules_of)
--                                     what was counted from its window to the end of its
--                                     period; nil unless each of `rules_of(day)` (counts, over
--                                     so many `weeks`) was met on the day of issue. The last one's.

local notices = {}

local step_name = "notice-to-improve"

function notices.not_improved(case)
  local found = {}
  for _, run in ipairs(case:runs(step_name)) do
    if run.outcome and run.outcome.outcome == "not-improved" then found[#found + 1] = run end
  end
  return found
end

function notices.issued_on(run)
  local entry = run.entry
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

function notices.evidence(pupil, run, rules_of)
  local issued = notices.issued_on(run)
  if not issued then return nil end
  local rules = rules_of(issued)
  local from, evidence = first_monday(pupil.calendar, issued, rules.weeks), nil
  local to = (run.entry.fields or {}).period_to or run.outcome and run.outcome.on or issued
  if to > pupil.as_of then to = pupil.as_of end
  for _, rule in ipairs(rules) do
    if not pupil:count(rule, from, issued).met then return nil end
    evidence = pupil:count(rule, from, to < issued and issued or to)
  end
  return evidence
end

return notices
