-- expect: finished
-- result: ["nil","nil","nil"]
return { tostring(getmetatable("")), tostring(getmetatable(print)), tostring(getmetatable(1)) }
