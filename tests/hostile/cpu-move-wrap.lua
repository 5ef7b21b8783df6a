-- expect: finished
-- result: [false,false]
return { (pcall(table.move, {}, math.mininteger, math.maxinteger, 1)),
  (pcall(table.move, {}, 1, math.maxinteger, 2)) }
