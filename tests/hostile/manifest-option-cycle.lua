-- expect: failed nested too deep
-- as: manifest
local default = {}
default[1] = default
return { name = "hostile", version = "1", api = 1, options = { x = { default = default, help = "x" } } }
