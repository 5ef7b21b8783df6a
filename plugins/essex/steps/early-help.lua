-- The right support in place early, in school and outside.
local essex = require "essex"

return step {
  title = "Early help and support",
  principle = "facilitate",
  about = "Find what is in the way and put the right support in place, in school and outside.",
  records = { barriers = "text", support = "text", by_whom = "text" },
  outcomes = { "support-agreed", "working", "not-working", "not-taken-up", "not-engaged" },

  suggest = function(pupil)
    return pupil:rate(essex.declining):because "attendance is low enough that support should be in place"
  end,
}
