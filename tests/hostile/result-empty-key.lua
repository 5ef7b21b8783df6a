-- expect: finished
-- result: {"":1}
return { [""] = 1 }
