-- expect: failed overflow
-- generate
return ("do "):rep(50000) .. ("end "):rep(50000)
