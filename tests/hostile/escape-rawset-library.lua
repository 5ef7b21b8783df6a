-- expect: finished
-- result: ["x","table: not mine"]
rawset(string, "format", function() return "x" end)
rawset(table, "concat", nil)
return { string.format("%d", 1), "table: not mine" }
