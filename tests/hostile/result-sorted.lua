-- expect: finished
-- result: {"A":1,"a":2,"b":{},"ü":{}}
return { ["ü"] = {}, b = {}, a = 2, A = 1 }
