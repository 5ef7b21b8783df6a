-- expect: failed result.rows[3].name: a function cannot be sent
return { rows = { { name = "a" }, { name = "b" }, { name = print } } }
