-- expect: refused byte-order
-- generate
return "\xEF\xBB\xBFreturn 1"
