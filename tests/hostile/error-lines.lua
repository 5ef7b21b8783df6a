-- expect: failed \x0A\x0A
error(("\n"):rep(5000), 0)
