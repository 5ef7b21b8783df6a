-- expect: over-memory
return ("x"):rep(1e15)
