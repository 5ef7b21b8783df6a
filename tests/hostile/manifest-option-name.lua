-- expect: killed a malformed answer
-- as: manifest
return { name = "hostile", version = "1", api = 1, options = { ["\27[2J"] = { default = 1, help = "x" } } }
