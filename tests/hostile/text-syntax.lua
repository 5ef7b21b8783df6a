-- expect: failed hostile.lua:1: 
-- generate
return "x = = \27[2J"
