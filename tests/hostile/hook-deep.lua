-- expect: failed nested too deep
-- as: hook
on("entry.recorded", function(event, pupil)
  local data = {}
  for _ = 1, 100 do data = { data } end
  return mail { to = staff "head", template = "t", data = { x = data, y = event and pupil and 1 } }
end)
