-- expect: finished
-- result: false
-- output: none
return (pcall(print, setmetatable({}, { __tostring = function() return {} end })))
