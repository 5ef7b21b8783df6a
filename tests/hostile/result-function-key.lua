-- expect: failed neither a list
return { [print] = 1 }
