-- A penalty notice that was issued, and what became of it: no stop of the road map. It
-- relies on what the authority counts on the day of issue.
local common = require "support-first"
local penalty = require "england.penalty"
local notice = require "england.penalty_step"

return notice:with {
  complete = function(pupil, case, given)
    local rules = common.in_force(given.issued_on or pupil.as_of)
    return penalty.complete(pupil, case, given, rules and rules.threshold)
  end,
}
