-- expect: finished
-- output: 1
print "a\0b\0"
