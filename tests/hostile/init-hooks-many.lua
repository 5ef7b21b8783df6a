-- expect: failed at most 100 hooks of a plugin
-- as: init
for _ = 1, 10000 do on("entry.recorded", function() end) end
away = count { name = "away", codes = "O", at_least = 1, weeks = 4 }
return { away = away, road_map = { "visit" } }
