-- expect: finished
-- output: 1001
for i = 1, 200000 do print("line", i) end
