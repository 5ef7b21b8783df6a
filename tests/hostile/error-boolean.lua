-- expect: failed error object of type boolean
error(false)
