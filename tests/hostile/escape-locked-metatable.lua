-- expect: failed protected metatable
setmetatable(setmetatable({}, { __metatable = "mine" }), {})
