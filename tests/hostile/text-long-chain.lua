-- expect: failed attempt to index
-- generate
return "return a" .. (".a"):rep(300000)
