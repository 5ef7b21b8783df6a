-- expect: finished
-- as: init
-- answers: 2
for _, name in ipairs { "core", "fence", "job", "plugin", "sdk", "waymark", "waymark.core", "os", "io", "debug",
  "package", "england", "../england", "/etc/passwd", "hostile/../../etc/passwd", "hostile...plugin", "hostile..",
  "hostile\0", "hostile.steps/visit", "hostile.%2e%2e", "Hostile", "hostile.\u{FF0E}", "", ".", "hostile.plugin\n" } do
  if pcall(require, name) then error("reached " .. name) end
end
if pcall(require, {}) or pcall(require) then error "reached it by something else" end
away = count { name = "away", codes = "O", at_least = 1, weeks = 4 }
return { away = away, road_map = { "visit" } }
