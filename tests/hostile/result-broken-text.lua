-- expect: failed result.a: the text is not valid UTF-8
return { a = "\xC3(" }
