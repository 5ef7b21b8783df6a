-- expect: failed a function cannot be sent
-- as: hook
on("entry.recorded", function(event, pupil)
  return mail { to = staff "head", template = "t", data = { x = print, y = event and pupil and 1 } }
end)
