-- expect: failed
error("used more than 100000000 instructions in one call", 0)
