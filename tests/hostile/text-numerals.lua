-- expect: failed
-- generate
return "return " .. ("9"):rep(400)
