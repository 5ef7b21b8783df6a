-- expect: failed a hook should return
-- as: hook
on("entry.recorded", function(event, pupil)
  return setmetatable({ kind = "mail", body = { to = "mallory@example.org" } }, { __index = event or pupil })
end)
