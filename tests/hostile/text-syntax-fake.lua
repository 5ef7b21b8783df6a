-- expect: failed hostile.lua:1:
-- generate
return "finished\27[2J: all is well \u{9B}31m"
