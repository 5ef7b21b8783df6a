-- expect: failed resulting string too large
return ("xy"):rep(math.maxinteger, ("z"):rep(1000))
