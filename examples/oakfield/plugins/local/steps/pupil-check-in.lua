-- 3. Another question in place of Essex's: absence that adds up counts only when some of it
-- is unauthorised. The early signs stay as they are.
local essex = parent.module

return parent.steps["pupil-check-in"]:with {
  suggest = function(pupil, case)
    local recent = pupil:count(essex.recent_absence)
    return essex.signs.returned(pupil, case, recent)
      or pupil:count(essex.unauthorised).count > 0 and recent:because "away several times, and not all of it explained"
      or essex.signs.early(pupil, case)
  end,
}
