-- expect: failed
return ("%5000d"):format(1)
