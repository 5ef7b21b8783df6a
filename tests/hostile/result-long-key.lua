-- expect: failed too long
return { [("k"):rep(300000)] = 1 }
