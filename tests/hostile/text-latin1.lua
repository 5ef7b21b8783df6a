-- expect: refused
-- generate
return "return '\xE9'"
