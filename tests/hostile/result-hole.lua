-- expect: failed neither a list
return { [1] = 1, [3] = 3 }
