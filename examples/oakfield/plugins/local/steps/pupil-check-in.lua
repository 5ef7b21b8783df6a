-- 3. Another question in place of Essex's: absence that adds up counts only when some of it
-- is unauthorised. The early signs stay as they are.
local signs = require "support-first.signs"

local unexplained = count { name = "not-explained", classes = "unauthorised", weeks = 6 }

return parent.steps["pupil-check-in"]:with {
  when = signs.of_check_in,
  suggest = function(pupil, case)
    local recent = pupil:count(signs.recent_absence)
    return signs.returned(pupil, case, recent)
      or pupil:count(unexplained).count > 0 and recent:because "away several times, and not all of it explained"
      or signs.first_dip(pupil, case) or signs.weekday(pupil, case)
  end,
}
