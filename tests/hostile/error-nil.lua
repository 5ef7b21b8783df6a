-- expect: failed error object of type nil
error(nil)
