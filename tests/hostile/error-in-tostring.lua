-- expect: finished
-- result: [false,false]
local t = setmetatable({}, { __tostring = function() error(setmetatable({}, { __tostring = error })) end })
return { (pcall(tostring, t)), (pcall(error, t)) }
