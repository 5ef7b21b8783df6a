-- expect: killed processor time
-- cpu: 0.2
table.move({}, 1, math.maxinteger - 1, 2)
