-- expect: finished
-- as: init
-- answers: 2
-- What the SDK itself uses is out of a plugin's reach.
for _, name in ipairs { "fence", "json", "core", "_G", "debug", "io", "os", "package", "load", "collectgarbage" } do
  if _ENV[name] ~= nil then error("reached " .. name) end
end
away = count { name = "away", codes = "O", at_least = 1, weeks = 4 }
return { away = away, road_map = { "visit" } }
