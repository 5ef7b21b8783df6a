-- expect: finished
-- as: step
-- batches: 3
-- answers: 6
-- answer: suggest all are kept
-- Pupils and evidence of earlier batches can still be looked at.
local away = require "hostile".away
local kept = {}
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  kept[#kept + 1] = { pupil, pupil:count(away), pupil.calendar, case }
  for i = 1, 50 do local _ = ("x"):rep(1 << 16) .. i end
  local said = 0
  for _, each in ipairs(kept) do
    said = said + each[1]:count(away).count + each[2].count + #each[1]:marks() + #each[2]:sessions()
  end
  return pupil:count(away):because(said > 0 and "all are kept" or "nothing")
end }
