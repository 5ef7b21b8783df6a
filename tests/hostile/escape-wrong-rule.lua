-- expect: finished
-- as: step
-- answer: suggest none worked
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil)
  local said = "none worked"
  for _, other in ipairs { pupil, pupil:count(away), {}, { name = "away" }, "away", 0, -1, print } do
    if pcall(pupil.count, pupil, other) or pcall(pupil.rolling, pupil, other) then said = "a wrong rule" end
  end
  for _, days in ipairs { { "1", "2" }, { "2026-02-30" }, { {}, {} }, { 1e300 }, { ("9"):rep(100000) } } do
    if pcall(pupil.count, pupil, away, days[1], days[2]) then said = "a wrong day" end
  end
  return pupil:count(away):because(said)
end }
