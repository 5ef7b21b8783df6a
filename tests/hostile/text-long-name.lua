-- expect: finished
-- generate
local name = ("n"):rep(400000)
return ("local %s = 1 return %s"):format(name, name)
