-- expect: failed data.x
-- as: hook
on("entry.recorded", function(event, pupil)
  local data = { event and pupil }
  data.x = data
  return mail { to = staff "head", template = "t", data = { x = data } }
end)
