-- expect: finished
-- as: hook
-- batches: 3
on("entry.recorded", function(event, pupil)
  local list = {}
  for i = 1, 20 do list[i] = note { text = ("x"):rep(60000) .. i .. tostring(event and pupil) } end
  return list
end)
