-- expect: finished
-- as: init
-- generate
-- answers: 2
-- Files with odd names are there, and cannot be named.
return {
  ["../escape.lua"] = 'error "escaped"', ["a b.lua"] = 'error "space"', ["\u{202E}.lua"] = 'error "bidi"',
  ["x/../y.lua"] = 'error "dots"', ["templates/t.txt"] = "{{ pupil.name }}",
  ["init.lua"] = [[away = count { name = "away", codes = "O", at_least = 1, weeks = 4 }
    for _, name in ipairs { "hostile.../escape", "hostile.a b", "hostile.\u{202E}", "hostile.x/../y", "hostile.templates.t" } do
      if pcall(require, name) then error("reached " .. name) end
    end
    return { away = away, road_map = { "visit" } }]],
}
