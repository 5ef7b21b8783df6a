-- Legal intervention: referral to the authority's Attendance Compliance Team.
local essex = require "essex"
local england = require "england"

return step {
  title = "Legal intervention",
  principle = "enforce",
  about = "Referral to the authority, which alone decides on a penalty notice or prosecution.",
  records = { referred_on = "date", parent = "contact", route = "text" },
  documents = { "referral" },
  outcomes = { "referred", "declined", "penalty-notice", "prosecution", "withdrawn" },

  gate = function(pupil, case)
    return essex.threshold_not_met(pupil) or essex.nothing_tried(case)
  end,

  suggest = function(pupil, case)
    local decision = case:last "legal-decision"
    if decision and decision.outcome == "refer" then
      return pupil:rolling(essex.threshold):because(
        "a person decided to refer", pupil:rolling(england.national))
    end
  end,
}
