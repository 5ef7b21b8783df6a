-- expect: failed unknown attribute
local x <gc> = 1
return x
