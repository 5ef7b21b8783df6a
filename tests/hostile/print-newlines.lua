-- expect: finished
-- output: 1001
print(("\n"):rep(1 << 20))
