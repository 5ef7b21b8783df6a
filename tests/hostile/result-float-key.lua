-- expect: failed neither a list
return { [1.5] = 1 }
