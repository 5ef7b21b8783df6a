-- expect: finished
-- as: hook
-- effects: 2
on("entry.recorded", function(event, pupil)
  return mail { to = staff "head", template = "t", data = { a = -0.0, b = math.mininteger, c = 5e-324, d = 1 << 62,
    e = event and pupil and 1 } }
end)
