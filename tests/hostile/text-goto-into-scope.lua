-- expect: failed jumps into the scope
goto inside
local x = 1
::inside::
return x
