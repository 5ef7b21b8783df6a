-- expect: failed attempt to assign to const
local x <const> = 1
x = 2
