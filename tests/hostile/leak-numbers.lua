-- expect: finished
-- result: ["nan","inf","-inf","9.2233720368548e+18"]
return { (tostring(0 / 0):gsub("-", "")), tostring(1 / 0), tostring(-1 / 0), tostring(2 ^ 63) }
