-- expect: failed xxxx
error(("x"):rep(10000000), 0)
