-- expect: failed
-- generate
return "return \u{9B}"
