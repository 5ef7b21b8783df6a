-- expect: failed error object of type table
error(setmetatable({}, { __name = "finished", __tostring = function() return "finished" end }))
