-- expect: refused compiled Lua
-- generate
return string.dump(function() return 1 end)
