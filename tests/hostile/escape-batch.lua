-- expect: finished
-- as: step
-- answer: suggest own only
-- One pupil does not lead to another.
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil)
  local said = "own only"
  for _, key in ipairs { 1, 2, 0, -1, "1", true } do
    if pcall(function() return pupil[key] end) then said = tostring(key) end
  end
  if pcall(function() return #pupil end) or pcall(function() pupil.x = 1 end) or pcall(next, pupil)
    or pcall(pairs, pupil) or pcall(function() return pupil .. "" end) then said = "walked" end
  return pupil:count(away):because(said)
end }
