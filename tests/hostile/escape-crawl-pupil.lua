-- expect: finished
-- as: step
-- answer: suggest nothing strange
-- From a pupil, a rule and evidence no table leads back to the SDK.
local away = require "hostile".away
local function strange(value)
  return getmetatable(value) ~= nil or pcall(setmetatable, value, {}) or pcall(rawset, value, 1, 1)
    or pcall(rawget, value, "__index") or pcall(rawlen, value)
end
return step { title = "Visit", principle = "listen", suggest = function(pupil)
  local evidence = pupil:count(away)
  local found = (strange(pupil) or strange(evidence) or strange(away) or strange(pupil.calendar)) and "something"
  return evidence:because(found or "nothing strange")
end }
