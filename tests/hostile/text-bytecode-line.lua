-- expect: refused
-- generate
return "# comment\n" .. string.dump(function() return 1 end)
