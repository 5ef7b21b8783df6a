-- expect: failed overflow
-- generate
return ("return function() "):rep(5000) .. ("end "):rep(5000)
