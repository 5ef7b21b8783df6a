-- expect: failed too long
-- as: hook
on("entry.recorded", function(event, pupil)
  return note { text = ("x"):rep(70000) .. tostring(event and pupil) }
end)
