-- expect: failed invalid conversion
return ("%-20p"):format("x")
