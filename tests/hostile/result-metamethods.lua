-- expect: finished
-- result: {"a":1}
-- Results are read raw: no metamethod runs.
local function loop() while true do end end
return setmetatable({ a = 1 }, { __index = loop, __pairs = loop, __len = loop, __tostring = loop, __eq = loop })
