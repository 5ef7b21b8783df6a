-- expect: finished
-- result: ["function","nil","nil","nil","nil"]
local text = "x"
return { type(text.rep), type(text.dump), type(text.pack), type(text.unpack), type(text.packsize) }
