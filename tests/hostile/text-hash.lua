-- expect: refused #
-- generate
return "#!/usr/bin/lua\nreturn 1"
