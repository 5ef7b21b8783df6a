-- expect: finished
-- as: hook
-- effects: 2
on("entry.recorded", function(event, pupil)
  return note { text = "\27[2J\u{202E}" .. tostring(event and pupil) }
end)
