-- expect: failed attempt to call
-- generate
return ("n"):rep(400000) .. "()"
