-- expect: failed needs itself
-- as: init
-- generate
return {
  ["init.lua"] = 'away = require "hostile.a" return { away = away, road_map = { "visit" } }',
  ["a.lua"] = 'return require "hostile.b"',
  ["b.lua"] = 'return require "hostile.a"',
}
