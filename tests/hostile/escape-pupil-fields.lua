-- expect: finished
-- as: step
-- answer: suggest none was shown
-- What was not granted is not there, however it is asked for.
local away = require "hostile".away
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  local said = "none was shown"
  for _, name in ipairs { "name", "surname", "forename", "upn", "dob", "sex", "sen", "fsm", "contacts", "case", "form",
    "year", "groups", "__index", "__metatable", "batch", "bytes", "name\0", "NAME", "" } do
    local ok, value = pcall(function() return pupil[name] end)
    if ok then said = name .. tostring(value) end
  end
  if pcall(case.entries, case) or tostring(pupil):find "Ada" then said = "case or name" end
  return pupil:count(away):because(said)
end }
