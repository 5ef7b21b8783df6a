-- expect: failed result[2]: not a number
return { 1, 0 / 0 }
