-- expect: over-budget
for _ = math.mininteger, math.maxinteger do end
