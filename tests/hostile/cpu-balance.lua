-- expect: killed
-- cpu: 0.2
return (("("):rep(1 << 20)):find "%b()"
