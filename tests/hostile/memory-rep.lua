-- expect: over-memory|failed
return #("x"):rep(60 * 1024 * 1024, "y")
