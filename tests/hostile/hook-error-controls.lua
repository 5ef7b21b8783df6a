-- expect: failed \x1B
-- as: hook
on("entry.recorded", function(event, pupil)
  error(("\27\u{202E}"):rep(2000) .. tostring(event and pupil), 0)
end)
