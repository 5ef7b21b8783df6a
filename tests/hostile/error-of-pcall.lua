-- expect: finished
-- result: [false,false,false,true]
return { (pcall(pcall)), (pcall(pcall, nil) and false), (pcall(nil)), (pcall(pcall, error)) }
