-- expect: failed not a number
-- as: hook
on("entry.recorded", function(event, pupil)
  return mail { to = staff "head", template = "t", data = { x = 0 / 0, y = event and pupil and 1 } }
end)
