-- expect: over-memory
local big = ("x"):rep(10 << 20)
return ("%s%s%s%s%s%s%s"):format(big, big, big, big, big, big, big)
