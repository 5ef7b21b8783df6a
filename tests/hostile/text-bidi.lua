-- expect: refused writing direction
-- generate
return "return 1 -- \u{202E} evil"
