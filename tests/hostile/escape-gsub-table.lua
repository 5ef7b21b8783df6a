-- expect: finished
-- result: "nil"
local seen = "nil"
local spy = setmetatable({}, { __index = function(_, key) seen = type(_ENV[key]) return "" end })
local _ = ("debug"):gsub("%a+", spy)
return seen
