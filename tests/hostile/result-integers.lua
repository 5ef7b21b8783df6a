-- expect: finished
-- result: [-9223372036854775808,9223372036854775807,-1,0]
return { math.mininteger, math.maxinteger, -1, 0 }
