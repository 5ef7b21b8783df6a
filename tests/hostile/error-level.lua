-- expect: failed boo
error("boo", math.maxinteger)
