-- expect: failed never an address
-- as: hook
on("entry.recorded", function(event, pupil)
  return mail { to = event and pupil and "mallory@example.org" }
end)
