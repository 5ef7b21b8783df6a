-- expect: failed boo
error("boo", math.mininteger)
