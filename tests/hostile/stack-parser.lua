-- expect: failed overflow
-- generate
return "return " .. ("("):rep(10000) .. "1" .. (")"):rep(10000)
