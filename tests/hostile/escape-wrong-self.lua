-- expect: finished
-- as: step
-- answer: suggest none worked
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil)
  local evidence, said = pupil:count(away), "none worked"
  local others = { away, evidence, pupil.calendar, {}, "x", 1, true, print }
  for _, name in ipairs { "count", "rate", "streak", "longest", "rolling", "missing", "mark", "marks", "persistent" } do
    for _, other in ipairs(others) do
      if pcall(pupil[name], other, away) or pcall(pupil[name]) then said = name end
    end
  end
  for _, name in ipairs { "because", "why_not", "describe", "sessions", "unresolved" } do
    for _, other in ipairs { pupil, away, pupil.calendar, "x", 1, print } do
      local ok, value = pcall(evidence[name], other, "x")
      if ok and value ~= nil then said = name end
    end
  end
  return evidence:because(said)
end }
