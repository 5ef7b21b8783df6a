-- expect: finished
-- result: 300001
-- generate
return "local n = 1 return n" .. ("+1"):rep(300000)
