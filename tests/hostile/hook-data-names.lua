-- expect: failed is not a name
-- as: hook
on("entry.recorded", function(event, pupil)
  return mail { to = staff "head", template = "t", data = { ["\27[2J"] = event and pupil and 1 } }
end)
