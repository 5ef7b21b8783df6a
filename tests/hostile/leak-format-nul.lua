-- expect: failed
return ("%\0p"):format({})
