-- expect: failed UTF-8 value too large
-- generate
return [[return "\u{FFFFFFFFFFFFFFFFF}"]]
