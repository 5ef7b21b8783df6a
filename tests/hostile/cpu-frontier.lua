-- expect: killed
-- cpu: 0.2
return (("a"):rep(1 << 20)):find("%f[a]" .. ("a*"):rep(30) .. "b")
