-- expect: failed too many local variables
-- generate
return ("local a "):rep(201)
