-- expect: failed result.a.b[1]: not a number
return { a = { b = { -1 / 0 } } }
