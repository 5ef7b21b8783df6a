-- expect: finished
-- result: [30,34,45,87]
return { math.random(100), math.random(100), math.random(100), math.random(100) }
