-- expect: failed hostile/plugin.lua: options: "\x1B[2J"
-- as: manifest
return { name = "hostile", version = "1", api = 1, options = { ["\27[2J"] = { default = 1, help = "x" } } }
