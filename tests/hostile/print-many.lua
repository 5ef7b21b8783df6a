-- expect: finished
-- output: 1
print(table.unpack({}, 1, 100000))
