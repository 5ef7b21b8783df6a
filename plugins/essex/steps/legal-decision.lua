-- Deciding on legal intervention: which route, and is everything there?
local essex = require "essex"
local england = require "england"

return step {
  title = "Deciding on legal intervention",
  principle = "enforce",
  about = "Which route is right, if any: all support that was offered, gathered in one chronology.",
  records = {
    route = "text",
    why = "text",
    adjustments_considered = "yes-no",
    supervision_order_considered = "yes-no",
  },
  documents = { "chronology" },
  outcomes = { "refer", "support-continues", "another-route" },

  gate = function(pupil, case)
    return essex.threshold_not_met(pupil) or essex.nothing_tried(case)
  end,

  suggest = function(pupil, case)
    local notice = case:last "notice-to-improve"
    if notice and notice.outcome == "not-improved" then
      return pupil:rolling(essex.threshold):because(
        "the Notice to Improve ended without enough improvement", pupil:rolling(england.national))
    end
  end,
}
