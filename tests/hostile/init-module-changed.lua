-- expect: finished
-- as: init
-- generate
-- times: 2
-- answers: 2
-- answer: suggest once
-- What one file does to another's module is gone with the job.
return {
  ["init.lua"] = [[away = count { name = "away", codes = "O", at_least = 1, weeks = 4 }
    local other = require "hostile.other"
    other.times = (other.times or 0) + 1
    return { away = away, road_map = { "visit" }, other = other }]],
  ["other.lua"] = "return {}",
  ["steps/visit.lua"] = [[local module = require "hostile"
    return step { title = "Visit", principle = "listen", suggest = function(pupil)
      return pupil:count(module.away):because(module.other.times == 1 and "once" or "again")
    end }]],
}
