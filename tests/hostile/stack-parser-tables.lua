-- expect: failed overflow
-- generate
return "return " .. ("{"):rep(100000)
