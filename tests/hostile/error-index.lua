-- expect: failed error object of type table
error(setmetatable({}, { __index = function() error "again" end, __metatable = "x" }))
