-- expect: failed overflow
-- generate
return "return " .. ("not "):rep(50000) .. "x"
