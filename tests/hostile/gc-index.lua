-- expect: failed __gc is not offered
-- The look at __gc is raw, but a real field cannot hide behind __pairs.
local meta = setmetatable({ __gc = print }, { __index = {}, __pairs = function() return function() end end })
setmetatable({}, meta)
