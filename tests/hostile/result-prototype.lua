-- expect: finished
-- result: {"__proto__":1,"constructor":2,"verdict":"killed"}
return { __proto__ = 1, constructor = 2, verdict = "killed" }
