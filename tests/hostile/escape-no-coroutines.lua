-- expect: finished
-- result: ["nil","nil","nil","nil"]
return { type(coroutine), type(xpcall), type(collectgarbage), type(warn) }
