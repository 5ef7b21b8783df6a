-- expect: failed
error("not enough memory", 0)
