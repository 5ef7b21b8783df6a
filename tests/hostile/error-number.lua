-- expect: failed error object of type number
error(42)
