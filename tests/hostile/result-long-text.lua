-- expect: failed the text is too long
return { a = ("x"):rep(1000000) }
