-- expect: finished
-- result: ""
return (""):rep(math.maxinteger)
