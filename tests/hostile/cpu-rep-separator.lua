-- expect: failed resulting string too large
return (""):rep(1 << 40, ",")
