-- expect: failed
-- generate
return "return 1 \27Lua"
