-- expect: failed nested too deep
local t = {} t.t = t return t
