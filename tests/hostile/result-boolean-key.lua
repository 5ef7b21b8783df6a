-- expect: failed neither a list
return { [true] = 1 }
