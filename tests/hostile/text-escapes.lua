-- expect: failed decimal escape too large
-- generate
return [[return "\300"]]
