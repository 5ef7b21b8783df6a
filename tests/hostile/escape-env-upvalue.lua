-- expect: failed attempt to call a nil value
local function outer() return _ENV end
local env = outer()
while getmetatable(env) do env = getmetatable(env).__index end
return env.load("return 1")
