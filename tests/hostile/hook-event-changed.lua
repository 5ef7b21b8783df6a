-- expect: finished
-- as: hook
-- reads: registers cases
on("entry.recorded", function(event, pupil)
  event.entry, event.kind, event.school = { outcome = "mine" }, "mine", pupil
  return note { text = tostring(event.kind) }
end)
