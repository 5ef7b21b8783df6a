-- expect: finished
-- result: {}
-- Reading a result runs nothing of the plugin.
local function loop() while true do end end
return setmetatable({}, { __index = loop, __len = loop, __pairs = loop, __tostring = loop, __name = "x", __close = loop })
