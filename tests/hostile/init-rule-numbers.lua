-- expect: finished
-- as: init
-- answers: 2
away = count { name = "away", codes = "O", at_least = 1, weeks = 4 }
for _, n in ipairs { 0 / 0, 1 / 0, -1 / 0, -0.0, math.mininteger, math.maxinteger, 1e308, 0.5, "1", {} } do
  if pcall(count, { name = "odd", codes = "O", at_least = n, weeks = n }) then error("took " .. tostring(n)) end
end
return { away = away, road_map = { "visit" } }
