-- expect: failed UTF-8
-- as: hook
on("entry.recorded", function(event, pupil)
  return note { text = "\xC3" .. tostring(event and pupil) }
end)
