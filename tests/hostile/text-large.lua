-- expect: refused larger than 1 MiB
-- generate
return "--" .. ("x"):rep(1 << 20)
