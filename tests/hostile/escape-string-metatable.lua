-- expect: finished
-- result: ["nil","X",false]
-- The metatable of texts is out of reach, and what a plugin writes into its own
-- `string` does not change the methods of texts.
local meta = tostring(getmetatable(""))
string.upper = function() return "owned" end
local ok = pcall(setmetatable, "", { __index = {} })
return { meta, ("x"):upper(), ok }
