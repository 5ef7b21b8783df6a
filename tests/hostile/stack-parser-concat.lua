-- expect: failed overflow
-- generate
return "return " .. ("a .. "):rep(50000) .. "a"
