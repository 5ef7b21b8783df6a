-- expect: killed processor time
-- cpu: 0.2
pcall(string.gsub, ("x"):rep(200000), "x*x*x*y", "")
