-- expect: failed more than 20
-- as: hook
on("entry.recorded", function(event, pupil)
  local list = {}
  for i = 1, 21 do list[i] = note { text = tostring(event and pupil) } end
  return list
end)
