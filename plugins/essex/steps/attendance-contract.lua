-- Attendance contract: still supportive and voluntary (Anti-social Behaviour Act
-- 2003 s.19). It cannot be made in a family's absence.
local essex = require "essex"
local england = require "england"

return step {
  title = "Attendance contract",
  principle = "formalise",
  about = "A voluntary written agreement: what the family will do and what the school will do.",
  records = {
    parties = "text",
    met_on = "date",
    parents_views = "text",
    pupils_views = "text",
    barriers = "text",
    actions = "text",
  },
  documents = { "attendance-contract" },
  outcomes = { "kept", "not-kept", "not-agreed", "did-not-attend", "rearranged" },

  gate = function(_, case) return essex.nothing_tried(case) end,

  suggest = function(pupil, case)
    if england.support_tried(case) then
      return pupil:count(essex.nearly):because "earlier support has not been enough"
    end
  end,
}
