-- expect: finished
for i = 1, 100 do print(("\1"):rep(3000)) end
