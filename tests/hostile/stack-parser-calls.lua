-- expect: failed overflow
-- generate
return "return " .. ("f("):rep(50000) .. (")"):rep(50000)
