-- 3. Another question in place of Essex's: only when something is unauthorised.
local essex = parent.module

return parent.steps["pupil-check-in"]:with {
  suggest = function(pupil)
    if pupil:count(essex.unauthorised).count > 0 then
      return pupil:count(essex.recent_absence):because "away several times, and not all of it explained"
    end
  end,
}
