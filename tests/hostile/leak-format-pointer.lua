-- expect: failed invalid conversion
return ("%p"):format({})
