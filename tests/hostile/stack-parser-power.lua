-- expect: failed overflow
-- generate
return "return " .. ("2^"):rep(50000) .. "2"
