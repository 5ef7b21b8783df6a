-- expect: failed failed\x08
error("failed\8\8\8\8\8\8finished\13waymark: all is well", 0)
