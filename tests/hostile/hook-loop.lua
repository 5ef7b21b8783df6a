-- expect: over-budget hostile/init.lua:5
-- as: hook
-- at: 1 1
on("entry.recorded", function(event, pupil)
  while true do event = pupil end
end)
