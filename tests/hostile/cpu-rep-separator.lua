-- expect: over-memory
return (""):rep(1 << 40, ",")
