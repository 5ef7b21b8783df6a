-- expect: failed when the plugin loads
-- as: hook
on("entry.recorded", function(event, pupil)
  on("entry.recorded", function() return event, pupil end)
end)
