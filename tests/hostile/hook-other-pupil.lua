-- expect: failed only this event's pupil
-- as: hook
-- A pupil of an earlier event cannot be put into a later one's letter.
on("entry.recorded", function(event, pupil)
  kept = kept or pupil
  return mail { to = staff "head", template = "t", data = { who = event and kept } }
end)
