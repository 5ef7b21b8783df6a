-- expect: failed \x1B[31m
-- as: manifest
return { name = "\27[31m\u{202E}", version = "1", api = 1 }
