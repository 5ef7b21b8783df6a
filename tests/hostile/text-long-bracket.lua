-- expect: failed
-- generate
return "return [" .. ("="):rep(500000) .. "[ x ]]"
