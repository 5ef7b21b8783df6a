-- expect: failed neither a list
return { [1] = "a", ["1"] = "b" }
