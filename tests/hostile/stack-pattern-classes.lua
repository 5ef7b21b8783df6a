-- expect: failed|finished
return ("a"):rep(100000):find(("a-"):rep(20000) .. "$")
