-- An early conversation with the family; may happen several times.
local essex = require "essex"

return step {
  title = "Initial concern conversation",
  principle = "listen",
  about = "An early conversation about a worry, before it grows. It may happen several times.",
  records = { spoke_to = "contact", reason = "text", agreed = "text" },
  outcomes = { "support-agreed", "no-concern", "not-engaged" },

  suggest = function(pupil)
    return pupil:count(essex.unauthorised):because "absence without leave is adding up"
  end,
}
