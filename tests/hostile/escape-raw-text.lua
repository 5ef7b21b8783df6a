-- expect: finished
-- result: [false,false,false,false]
return { (pcall(rawset, "", 1, 2)), (pcall(rawget, "", "rep")), (pcall(rawset, print, 1, 2)), (pcall(rawlen, 1)) }
