-- A meeting with the family: targeted and voluntary.
local essex = require "essex"

return step {
  title = "Declining attendance meeting",
  principle = "facilitate",
  about = "A meeting with the family about what has been tried and what would help. It is voluntary.",
  records = { attended_by = "text", parents_views = "text", pupils_views = "text", agreed = "text" },
  outcomes = { "support-agreed", "working", "not-working", "not-engaged", "did-not-attend" },

  suggest = function(pupil)
    return pupil:rate(essex.low):because "attendance has fallen further"
  end,
}
