-- expect: over-memory|over-budget
for i = 1, 1e9 do _ENV["a name that is not short, so that it is kept apart " .. i] = i end
