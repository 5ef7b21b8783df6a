-- expect: finished
-- result: "table"
return tostring(setmetatable({}, { __name = "0xdeadbeef" }))
