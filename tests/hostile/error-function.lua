-- expect: failed error object of type function
error(print)
