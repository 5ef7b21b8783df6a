-- expect: failed neither a list
return { 1, 2, a = 3 }
