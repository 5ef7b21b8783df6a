-- expect: failed too many registers
-- generate
return "local f = 1 return f(" .. ("f,"):rep(300) .. "f)"
