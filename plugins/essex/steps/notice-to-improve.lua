-- Notice to Improve: the last chance before legal intervention is sought; only
-- when the threshold is met and earlier support was not engaged with or did not
-- work. Support goes on and is offered again meanwhile.
local essex = require "essex"
local england = require "england"

return step {
  title = "Notice to Improve",
  principle = "formalise",
  about = "A final opportunity, with support offered again, before legal intervention is sought.",
  period = config.notice_period,
  records = {
    parent = "contact",
    issued_on = "date",
    served_on = "date",
    period_from = "date",
    period_to = "date",
    enough_improvement = "text",
  },
  documents = { "notice-to-improve" },
  outcomes = { "improved", "not-improved", "withdrawn" },

  gate = function(pupil, case)
    return essex.threshold_not_met(pupil) or essex.nothing_tried(case)
  end,

  suggest = function(pupil, case)
    if england.support_tried(case) then
      return pupil:rolling(essex.threshold):because(
        "the threshold is met and earlier support has not worked", pupil:rolling(england.national))
    end
  end,
}
