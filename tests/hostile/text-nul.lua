-- expect: refused
-- generate
return "return 1 --\0"
