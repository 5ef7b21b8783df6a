-- expect: finished
-- output: 1
print(("x"):rep(10000000))
