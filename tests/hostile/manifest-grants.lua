-- expect: failed there is no field
-- as: manifest
return { name = "hostile", version = "1", api = 1, reads = { "everything" } }
